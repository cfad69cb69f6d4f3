/* SPDX-License-Identifier: MIT */
#include "rescans.h"

#include "fleet_run.h"
#include "suite.h"

#include <check.h>
#include <stdio.h>
#include <time.h>

static struct fleet_run run;
static struct rescans *rescans;
static char told[32]; /* 'e' for each that ended, else who was told */

static bool waits_for_any; /* end, not only for who asked */

static void tell(char what)
{
	size_t length = strlen(told);

	snprintf(told + length, sizeof(told) - length, "%c", what);
}

static void on_end(void *data, const struct intake_result *result)
{
	ck_assert_ptr_null(data);
	tell(result->err ? 'b' : 'e');
	run.is_ended = waits_for_any;
}

/* The data is a letter; a capital one ends the wait. */
static void on_done(void *data, const struct intake_result *result)
{
	const char *who = data;

	ck_assert_ptr_null(result->err);
	tell(*who);
	run.is_ended = *who < 'a';
}

static void on_done_again(void *data, const struct intake_result *result)
{
	on_done(data, result);
	rescans_ask(rescans, on_done, (void *)"Z");
}

static void set_up(void)
{
	told[0] = '\0';
	waits_for_any = false;
	fleet_run_prepare(&run);
	fleet_run_open(&run);
	rescans = rescans_new(&run.fleet, on_end, NULL);
}

static void tear_down(void)
{
	rescans_free(rescans);
	fleet_run_clean(&run);
}

static void ask(const char *who)
{
	rescans_ask(rescans, on_done, (void *)who);
}

START_TEST(who_asks_is_told_when_it_has_ended)
{
	ask("A");
	ck_assert(rescans_are_running(rescans));
	ck_assert_str_eq(told, "");
	fleet_run_wait(&run);
	ck_assert_str_eq(told, "eA");
	ck_assert(!rescans_are_running(rescans));
}
END_TEST

/* What was changed before they asked may have been read before. */
START_TEST(who_asks_in_the_middle_shares_the_next_one)
{
	ask("a");
	fleet_run_write(&run, "b.example", "[Certificate]\nNames=b.example\n");
	ask("b");
	ask("C");
	fleet_run_wait(&run);
	ck_assert_str_eq(told, "eaebC");
	ck_assert_ptr_nonnull(fleet_find(&run.fleet, "b.example"));
}
END_TEST

START_TEST(who_asks_while_he_is_told_gets_another_one)
{
	rescans_ask(rescans, on_done_again, (void *)"a");
	fleet_run_wait(&run);
	ck_assert_str_eq(told, "eaeZ");
}
END_TEST

START_TEST(who_is_forgotten_is_not_told)
{
	static const char first[] = "a", second[] = "b";

	ask(first);
	ask(second);
	ask("C");
	rescans_forget(rescans, first);
	rescans_forget(rescans, second);
	fleet_run_wait(&run);
	ck_assert_str_eq(told, "eeC");
}
END_TEST

START_TEST(nobody_needs_to_be_told)
{
	rescans_ask(rescans, NULL, NULL);
	ask("A");
	fleet_run_wait(&run);
	ck_assert_str_eq(told, "eeA");
}
END_TEST

START_TEST(the_end_of_all_tells_nobody)
{
	ask("a");
	ask("b");
	rescans_free(rescans);
	rescans = rescans_new(&run.fleet, on_end, NULL);
	ask("C");
	fleet_run_wait(&run);
	ck_assert_str_eq(told, "eC");
}
END_TEST

/* Without a descriptor nothing can be read. */
START_TEST(what_could_not_be_read_is_read_again)
{
	waits_for_any = true;
	run_let_open(&run.vault, 3);
	rescans_ask(rescans, NULL, NULL);
	fleet_run_wait(&run);
	ck_assert_str_eq(told, "b");
	run_let_open(&run.vault, 1024);
	ck_assert_int_gt(rescans_look(rescans, time(NULL)), 0);
	ck_assert(!rescans_are_running(rescans));
	rescans_look(rescans, time(NULL) + 70);
	ck_assert(rescans_are_running(rescans));
	fleet_run_wait(&run);
	ck_assert_str_eq(told, "be");
	ck_assert_int_eq(rescans_look(rescans, time(NULL) + 7200), INT64_MAX);
	ck_assert(!rescans_are_running(rescans));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("rescans");
	TCase *tests = tcase_create("rescans");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, who_asks_is_told_when_it_has_ended);
	tcase_add_test(tests, who_asks_in_the_middle_shares_the_next_one);
	tcase_add_test(tests, who_asks_while_he_is_told_gets_another_one);
	tcase_add_test(tests, who_is_forgotten_is_not_told);
	tcase_add_test(tests, nobody_needs_to_be_told);
	tcase_add_test(tests, the_end_of_all_tells_nobody);
	tcase_add_test(tests, what_could_not_be_read_is_read_again);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
