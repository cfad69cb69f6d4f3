/* SPDX-License-Identifier: MIT */
#include "dead_names.h"

#include "suite.h"

#include <check.h>

#define DAY ((int64_t)86400)
#define NOW ((int64_t)1800000000)

static struct identifier identifiers[3];
static struct dead_names names;
static json_t *marks;

/* Three names, 30 days of slack, of which the last ten are left. */
static void set_up(void)
{
	static const char *const NAMES[] = {
		"a.example", "b.example", "c.example"};

	marks = NULL;
	for (size_t i = 0; i < 3; i++)
		ck_assert(identifier_parse(NAMES[i], &identifiers[i], NULL));
	names = (struct dead_names){
		.identifiers = identifiers,
		.count = 3,
		.not_after = NOW + 10 * DAY,
		.slack = 30 * DAY,
	};
}

static void tear_down(void)
{
	json_decref(marks);
}

static void mark(const char *name)
{
	dead_names_mark(&marks, name, NOW - DAY);
	names.marks = marks;
}

START_TEST(without_a_dead_name_nothing_goes)
{
	ck_assert(!dead_names_may_go(&names, NOW));
	mark("elsewhere.example");
	ck_assert(!dead_names_may_go(&names, NOW));
}
END_TEST

START_TEST(a_dead_name_goes_once_half_of_the_slack_is_used)
{
	mark("b.example");
	ck_assert(dead_names_may_go(&names, NOW));
	ck_assert(dead_names_may_go(&names, NOW - 5 * DAY));
	ck_assert(!dead_names_may_go(&names, NOW - 5 * DAY - 1));
	ck_assert(dead_names_may_go(&names, NOW + 20 * DAY)); /* expired */
}
END_TEST

START_TEST(the_first_name_never_goes_nor_do_all)
{
	mark("a.example");
	ck_assert(!dead_names_may_go(&names, NOW));
	mark("b.example");
	mark("c.example");
	ck_assert(!dead_names_may_go(&names, NOW));
}
END_TEST

START_TEST(what_was_never_issued_is_not_issued_by_halves)
{
	mark("b.example");
	names.not_after = 0;
	ck_assert(!dead_names_may_go(&names, NOW));
}
END_TEST

START_TEST(all_are_asked_for_once_a_day_after_some_were_left_out)
{
	mark("b.example");
	ck_assert_int_eq(dead_names_retry(&names), INT64_MAX);
	names.is_reduced = true;
	names.not_after = NOW + 80 * DAY;
	names.tried_all = NOW;
	ck_assert_int_eq(dead_names_retry(&names), NOW + DAY);
	ck_assert(dead_names_may_go(&names, NOW + DAY - 1));
	ck_assert(!dead_names_may_go(&names, NOW + DAY));
}
END_TEST

START_TEST(what_expired_a_month_ago_is_old)
{
	ck_assert(!dead_names_are_old(NOW, NOW + 30 * DAY));
	ck_assert(dead_names_are_old(NOW, NOW + 30 * DAY + 1));
}
END_TEST

START_TEST(a_mark_keeps_its_first_date)
{
	mark("b.example");
	dead_names_mark(&marks, "b.example", NOW);
	ck_assert_int_eq(dead_names_since(marks, "b.example"), NOW - DAY);
	ck_assert_int_eq(dead_names_since(marks, "c.example"), 0);
	ck_assert_int_eq(dead_names_since(NULL, "c.example"), 0);
}
END_TEST

START_TEST(the_list_is_in_the_order_of_what_is_wanted)
{
	mark("c.example");
	mark("b.example");
	json_t *list = dead_names_list(&names);
	ck_assert_uint_eq(json_array_size(list), 2);
	ck_assert_str_eq(
		json_string_value(json_array_get(list, 0)), "b.example");
	json_decref(list);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dead_names");
	TCase *tests = tcase_create("dead_names");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, without_a_dead_name_nothing_goes);
	tcase_add_test(tests, a_dead_name_goes_once_half_of_the_slack_is_used);
	tcase_add_test(tests, the_first_name_never_goes_nor_do_all);
	tcase_add_test(tests, what_was_never_issued_is_not_issued_by_halves);
	tcase_add_test(
		tests, all_are_asked_for_once_a_day_after_some_were_left_out);
	tcase_add_test(tests, what_expired_a_month_ago_is_old);
	tcase_add_test(tests, a_mark_keeps_its_first_date);
	tcase_add_test(tests, the_list_is_in_the_order_of_what_is_wanted);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
