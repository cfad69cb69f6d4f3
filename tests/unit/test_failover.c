/* SPDX-License-Identifier: MIT */
#include "failover.h"

#include "json.h"
#include "known_lineage.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdlib.h>

#define MINUTE 60

static struct known_lineage known;
static struct lineage *lineage;
static struct config_ca others[2];
static const struct config_ca *cas[2] = {&others[0], &others[1]};

static void with_left(int64_t left)
{
	static char second[] = "second";
	static char third[] = "third";

	known_lineage_make(&known, 90 * DAY - left, 90 * DAY);
	lineage = known.lineage;
	others[0].name = second;
	others[1].name = third;
	known.certificate.others = cas;
	known.certificate.other_count = 2;
}

static void set_up(void)
{
	with_left(30 * DAY);
}

static void tear_down(void)
{
	known_lineage_clear(&known);
}

static void fails_with(
	enum error_kind kind, const char *code, double retry_after, int64_t now)
{
	struct error err;

	fail_cause(&err, kind, code, "no");
	err.retry_after = retry_after;
	failover_note(lineage, &err, now);
}

static void fails(enum error_kind kind, double retry_after, int64_t now)
{
	fails_with(kind, "", retry_after, now);
}

static void expect(const char *ca, int64_t earliest, int64_t latest)
{
	ck_assert_str_eq(failover_ca(lineage)->name, ca);
	ck_assert_int_ge(lineage->not_before, earliest);
	ck_assert_int_le(lineage->not_before, latest);
}

START_TEST(a_month_waits_a_day_for_the_first)
{
	int64_t now = NOW;

	while (streq(failover_ca(lineage)->name, "test")) {
		fails(ERROR_TRANSIENT, 0, now);
		now = lineage->not_before;
		ck_assert_int_lt(now, NOW + DAY + 4 * HOUR);
	}
	expect("second", NOW + DAY - 4 * HOUR, NOW + DAY + 4 * HOUR);
}
END_TEST

START_TEST(where_nothing_is_left_nothing_is_waited_for)
{
	known_lineage_set_missing(&known);
	fails(ERROR_TRANSIENT, 0, NOW);
	expect("second", NOW + MINUTE, NOW + MINUTE);
	fails(ERROR_REFUSED, 0, NOW + MINUTE);
	ck_assert_str_ne(failover_ca(lineage)->name, "second");
	fails(ERROR_TRANSIENT, 0, NOW + 2 * MINUTE);
	ck_assert_int_le(lineage->not_before, NOW + 8 * MINUTE);
}
END_TEST

START_TEST(each_has_a_backoff_of_its_own)
{
	known_lineage_set_missing(&known);
	fails(ERROR_LIMITED, 5 * DAY, NOW);
	for (int i = 0; i < 20; i++) {
		fails(ERROR_TRANSIENT, 0, lineage->not_before);
		if (lineage->not_before > NOW + 5 * DAY)
			break;
		ck_assert_str_ne(failover_ca(lineage)->name, "test");
	}
	failover_succeed(lineage);
	ck_assert_str_eq(failover_ca(lineage)->name, "test");
	failover_begin(lineage, NOW + DAY);
	ck_assert_str_ne(failover_ca(lineage)->name, "test");
	failover_succeed(lineage);
	failover_begin(lineage, NOW + 6 * DAY);
	ck_assert_str_eq(failover_ca(lineage)->name, "test");
}
END_TEST

START_TEST(what_a_clock_that_was_ahead_has_drawn_is_forgotten)
{
	int64_t ahead = NOW + 3650 * (int64_t)DAY;

	fails(ERROR_LIMITED, 5 * DAY, ahead);
	failover_succeed(lineage);
	failover_begin(lineage, ahead);
	ck_assert_str_ne(failover_ca(lineage)->name, "test");
	failover_succeed(lineage);
	failover_begin(lineage, NOW);
	ck_assert_str_eq(failover_ca(lineage)->name, "test");
	fails(ERROR_LIMITED, 5 * DAY, NOW);
	fails(ERROR_TRANSIENT, 0, NOW + 2 * DAY);
	ck_assert_str_ne(failover_ca(lineage)->name, "test");
}
END_TEST

START_TEST(what_is_our_own_fault_stays_with_the_first)
{
	lineage->not_before = NOW + 7;
	fails(ERROR_VALIDATION, 0, NOW);
	expect("test", NOW + 7, NOW + 7);
	fails(ERROR_LOCAL, 0, NOW);
	expect("test", NOW + 7, NOW + 7);
	ck_assert_ptr_null(lineage->failover);
}
END_TEST

static const struct {
	enum error_kind kind;
	const char *code;
	const char *next;
} DOUBTED[] = {
	{ERROR_TRANSIENT, "N4", "second"}, /* its certificate */
	{ERROR_LOCAL, "N4", "second"}, /* its TrustFile= */
	{ERROR_TRANSIENT, "C1", "second"}, /* its Date, or our clock */
	{ERROR_LOCAL, "C1", "test"}, /* that is ours, or a name server's */
	{ERROR_TRANSIENT, "L15", "test"},
};

/* After a minute each, for the day that a month waits. */
START_TEST(what_may_be_the_cas_own_fault_is_waited_for_as_that)
{
	int64_t now = NOW;

	lineage->not_before = NOW + MINUTE;
	for (int i = 0; i < 2 * 24 * 60; i++) {
		if (!streq(failover_ca(lineage)->name, "test"))
			break;
		fails_with(DOUBTED[_i].kind, DOUBTED[_i].code, 0, now);
		now += MINUTE;
	}
	ck_assert_str_eq(failover_ca(lineage)->name, DOUBTED[_i].next);
	ck_assert_int_ge(now, NOW + DAY);
	ck_assert_int_le(lineage->not_before, now + MINUTE);
}
END_TEST

/* Over a restart too: the first is well again, and nobody fails but the name. */
START_TEST(what_is_our_own_fault_does_not_stay_with_the_second)
{
	known_lineage_set_missing(&known);
	fails(ERROR_TRANSIENT, 0, NOW);
	ck_assert_str_eq(failover_ca(lineage)->name, "second");
	lineage->not_before = NOW + DAY;
	fails(ERROR_VALIDATION, 0, NOW + MINUTE);
	ck_assert_int_eq(lineage->not_before, NOW + DAY);
	cleanup(json) json_t *kept = failover_to_json(lineage);
	failover_from_json(lineage, kept);
	failover_begin(lineage, NOW + DAY);
	ck_assert_str_eq(failover_ca(lineage)->name, "test");
}
END_TEST

START_TEST(what_waits_is_passed_over_after_our_own_fault_too)
{
	known_lineage_set_missing(&known);
	fails(ERROR_LIMITED, 5 * DAY, NOW);
	fails(ERROR_LOCAL, 0, NOW + MINUTE);
	failover_begin(lineage, NOW + DAY);
	ck_assert_str_eq(failover_ca(lineage)->name, "second");
	fails(ERROR_LOCAL, 0, NOW + DAY);
	failover_begin(lineage, NOW + 6 * DAY);
	ck_assert_str_eq(failover_ca(lineage)->name, "test");
}
END_TEST

/* The third is free at once, the second later than the first. */
static int64_t free_from(void *data, const struct config_ca *ca)
{
	ck_assert_str_ne(ca->name, data);
	return streq(ca->name, "third") ? 0 : NOW + 9 * DAY;
}

START_TEST(who_would_have_to_be_waited_for_is_passed_over)
{
	char current[] = "test";
	int64_t until = NOW + DAY;

	ck_assert_int_eq(
		failover_evade(lineage, until, NOW, free_from, current), until);
	ck_assert_ptr_null(lineage->failover);
	until = NOW + 8 * DAY;
	ck_assert_int_eq(
		failover_evade(lineage, until, NOW, free_from, current), NOW);
	ck_assert_str_eq(failover_ca(lineage)->name, "third");
	ck_assert_ptr_null(failover_to_json(lineage));
}
END_TEST

START_TEST(who_has_a_wait_of_its_own_is_looked_at_at_its_end)
{
	char current[] = "test";
	int64_t until = NOW + 8 * DAY;

	known_lineage_set_missing(&known);
	fails(ERROR_TRANSIENT, 0, NOW);
	fails(ERROR_TRANSIENT, 0, NOW);
	ck_assert_str_eq(failover_ca(lineage)->name, "third");
	fails(ERROR_LIMITED, 2 * DAY, NOW);
	failover_succeed(lineage);
	int64_t when = failover_evade(lineage, until, NOW, free_from, current);
	ck_assert_int_ge(when, NOW + 2 * DAY);
	ck_assert_int_lt(when, NOW + 3 * DAY);
	ck_assert_str_eq(failover_ca(lineage)->name, "test");
}
END_TEST

START_TEST(one_ca_has_no_failover)
{
	known.certificate.other_count = 0;
	fails(ERROR_TRANSIENT, 0, NOW);
	ck_assert_ptr_null(lineage->failover);
	ck_assert_ptr_eq(lineage_ca(lineage), &known.ca);
}
END_TEST

START_TEST(it_outlives_a_restart)
{
	known_lineage_set_missing(&known);
	fails(ERROR_LIMITED, 5 * DAY, NOW);
	cleanup(json) json_t *before = failover_to_json(lineage);
	failover_from_json(lineage, before);
	cleanup(json) json_t *after = failover_to_json(lineage);
	ck_assert(json_equal(before, after));
	ck_assert_str_eq(failover_ca(lineage)->name, "second");
	failover_from_json(lineage, NULL);
	ck_assert_str_eq(failover_ca(lineage)->name, "test");
}
END_TEST

START_TEST(what_is_no_name_of_a_ca_is_not_kept)
{
	cleanup(json) json_t *odd = json_pack(
		"{s:s, s:[{s:s}]}", "next", "\xc3\xa4", "cas", "ca", "second");
	cleanup(json) json_t *nobody =
		json_pack("{s:s, s:[{s:s}]}", "next", "test", "cas", "ca", "");

	failover_from_json(lineage, odd);
	cleanup(json) json_t *kept = failover_to_json(lineage);
	ck_assert_str_eq(json_string_value(json_object_get(kept, "next")), "");
	failover_from_json(lineage, nobody);
	ck_assert_ptr_null(failover_to_json(lineage));
}
END_TEST

START_TEST(a_ca_that_is_configured_no_more_is_not_asked)
{
	known_lineage_set_missing(&known);
	fails(ERROR_TRANSIENT, 0, NOW);
	ck_assert_str_eq(failover_ca(lineage)->name, "second");
	known.certificate.other_count = 0;
	ck_assert_str_eq(failover_ca(lineage)->name, "test");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("failover");
	TCase *tests = tcase_create("failover");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, a_month_waits_a_day_for_the_first);
	tcase_add_test(tests, where_nothing_is_left_nothing_is_waited_for);
	tcase_add_test(tests, each_has_a_backoff_of_its_own);
	tcase_add_test(
		tests, what_a_clock_that_was_ahead_has_drawn_is_forgotten);
	tcase_add_test(tests, what_is_our_own_fault_stays_with_the_first);
	tcase_add_loop_test(tests,
		what_may_be_the_cas_own_fault_is_waited_for_as_that, 0,
		sizeof(DOUBTED) / sizeof(*DOUBTED));
	tcase_add_test(
		tests, what_is_our_own_fault_does_not_stay_with_the_second);
	tcase_add_test(
		tests, what_waits_is_passed_over_after_our_own_fault_too);
	tcase_add_test(tests, who_would_have_to_be_waited_for_is_passed_over);
	tcase_add_test(
		tests, who_has_a_wait_of_its_own_is_looked_at_at_its_end);
	tcase_add_test(tests, one_ca_has_no_failover);
	tcase_add_test(tests, it_outlives_a_restart);
	tcase_add_test(tests, what_is_no_name_of_a_ca_is_not_kept);
	tcase_add_test(tests, a_ca_that_is_configured_no_more_is_not_asked);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
