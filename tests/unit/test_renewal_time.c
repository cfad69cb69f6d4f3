/* SPDX-License-Identifier: MIT */
#include "renewal_time.h"

#include "suite.h"

#include <check.h>

#define HOUR ((int64_t)3600)
#define DAY (24 * HOUR)
#define START ((int64_t)1790000000)

static const struct renewal_policy DEFAULTS;

static const struct {
	int64_t lifetime;
	int64_t configured;
	int64_t before;
} LIFETIMES[] = {
	{90 * DAY, 0, 30 * DAY},
	{64 * DAY, 0, 64 * DAY / 3},
	{45 * DAY, 0, 15 * DAY},
	{160 * HOUR, 0, 80 * HOUR},
	{DAY, 0, 12 * HOUR},
	{HOUR, 0, HOUR / 2},
	{398 * DAY, 0, 30 * DAY},
	{398 * DAY, 100 * DAY, 100 * DAY},
	{90 * DAY, 10 * DAY, 10 * DAY},
	{90 * DAY, 60 * DAY, 30 * DAY},
	{6 * DAY, 30 * DAY, 3 * DAY},
	{0, 0, 0},
	{-DAY, DAY, 0},
};

START_TEST(every_lifetime_works_without_a_setting)
{
	struct renewal_policy policy = {
		.renew_before = LIFETIMES[_i].configured};

	ck_assert_int_eq(renewal_before(&policy, LIFETIMES[_i].lifetime),
		LIFETIMES[_i].before);
	ck_assert_int_eq(
		renewal_slack(&policy, START, START + LIFETIMES[_i].lifetime),
		LIFETIMES[_i].before);
}
END_TEST

START_TEST(it_is_renewed_while_it_is_valid)
{
	for (int64_t lifetime = HOUR; lifetime < 400 * DAY; lifetime += HOUR) {
		int64_t end = START + lifetime;
		int64_t when = renewal_time(&DEFAULTS, START, end, 1);
		ck_assert_int_gt(when, START + lifetime / 3);
		ck_assert_int_lt(when, end);
		int64_t warn = renewal_warn_time(&DEFAULTS, START, end);
		ck_assert_int_gt(warn, when);
		ck_assert_int_lt(warn, end);
	}
}
END_TEST

START_TEST(a_fleet_is_spread_to_the_early_side)
{
	int64_t end = START + 90 * DAY;
	int64_t last = renewal_time(&DEFAULTS, START, end, 0);

	ck_assert_int_eq(last, end - 30 * DAY);
	ck_assert_int_eq(
		renewal_time(&DEFAULTS, START, end, 0.5), last - 18 * HOUR);
	ck_assert_int_eq(
		renewal_time(&DEFAULTS, START, end, 1), last - 36 * HOUR);
}
END_TEST

START_TEST(a_warning_never_comes_before_the_renewal)
{
	struct renewal_policy policy = {.warn_before = 30 * DAY};
	int64_t end = START + 6 * DAY;

	ck_assert_int_eq(renewal_warn_time(&policy, START, end), end - 3 * DAY);
	policy.warn_before = DAY;
	ck_assert_int_eq(renewal_warn_time(&policy, START, end), end - DAY);
	ck_assert_int_eq(
		renewal_warn_time(&DEFAULTS, START, end), end - 3 * DAY / 2);
}
END_TEST

START_TEST(the_gap_is_half_a_day_or_a_twentieth)
{
	ck_assert_int_eq(renewal_minimum_gap(90 * DAY), 12 * HOUR);
	ck_assert_int_eq(renewal_minimum_gap(5 * DAY), 6 * HOUR);
	ck_assert_int_eq(renewal_minimum_gap(0), 0);
	ck_assert_int_eq(renewal_minimum_gap(-DAY), 0);
}
END_TEST

START_TEST(the_ends_of_time_do_not_overflow)
{
	static const int64_t ends[] = {
		INT64_MIN + DAY, -1, 0, 1, 253402300799, INT64_MAX};

	for (int i = 0; i < 6; i++)
		for (int j = 0; j < 6; j++) {
			renewal_slack(&DEFAULTS, ends[i], ends[j]);
			renewal_warn_time(&DEFAULTS, ends[i], ends[j]);
		}
	ck_assert_int_eq(
		renewal_slack(&DEFAULTS, INT64_MIN, INT64_MAX), 30 * DAY);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("renewal_time");
	TCase *tests = tcase_create("renewal_time");

	tcase_add_loop_test(tests, every_lifetime_works_without_a_setting, 0,
		sizeof(LIFETIMES) / sizeof(*LIFETIMES));
	tcase_add_test(tests, it_is_renewed_while_it_is_valid);
	tcase_add_test(tests, a_fleet_is_spread_to_the_early_side);
	tcase_add_test(tests, a_warning_never_comes_before_the_renewal);
	tcase_add_test(tests, the_gap_is_half_a_day_or_a_twentieth);
	tcase_add_test(tests, the_ends_of_time_do_not_overflow);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
