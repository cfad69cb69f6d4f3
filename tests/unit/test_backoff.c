/* SPDX-License-Identifier: MIT */
#include "backoff.h"

#include "suite.h"

#include <check.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>

#define MINUTE 60
#define HOUR 3600
#define DAY 86400
#define MIDDLE 0.5 /* of the jitter: the step itself */

static int64_t plain(enum backoff_class class, unsigned failures)
{
	return backoff_delay(class, failures, 0, 0, MIDDLE);
}

START_TEST(a_class_has_its_steps)
{
	static const int q1[] = {1, 2, 5, 10, 30, 60, 120, 120, 120};
	static const int q2[] = {1, 10, 100, 1440, 1440};
	static const int q6[] = {1, 2, 5, 10, 30, 60, 60};

	for (unsigned i = 0; i < sizeof(q1) / sizeof(*q1); i++)
		ck_assert_int_eq(plain(BACKOFF_Q1, i + 1), q1[i] * MINUTE);
	for (unsigned i = 0; i < sizeof(q2) / sizeof(*q2); i++)
		ck_assert_int_eq(plain(BACKOFF_Q2, i + 1), q2[i] * MINUTE);
	for (unsigned i = 0; i < sizeof(q6) / sizeof(*q6); i++)
		ck_assert_int_eq(plain(BACKOFF_Q6, i + 1), q6[i] * MINUTE);
	for (unsigned i = 1; i < 5; i++) {
		ck_assert_int_eq(plain(BACKOFF_Q3, i), HOUR);
		ck_assert_int_eq(plain(BACKOFF_Q4, i), DAY);
		ck_assert_int_eq(plain(BACKOFF_Q5, i), MINUTE);
	}
}
END_TEST

START_TEST(every_delay_is_jittered_by_half)
{
	ck_assert_int_eq(backoff_delay(BACKOFF_Q4, 1, 0, 0, 0), DAY / 2);
	ck_assert_int_ge(
		backoff_delay(BACKOFF_Q4, 1, 0, 0, 0.9999), DAY * 3 / 2 - 60);
	ck_assert_int_le(
		backoff_delay(BACKOFF_Q4, 1, 0, 0, 0.9999), DAY * 3 / 2);
}
END_TEST

START_TEST(until_expiry_an_eighth_of_the_time_left_is_the_most)
{
	ck_assert_int_eq(backoff_delay(BACKOFF_Q4, 1, HOUR, 0, MIDDLE), 450);
	ck_assert_int_eq(backoff_delay(BACKOFF_Q4, 1, 80, 0, MIDDLE), MINUTE);
	ck_assert_int_eq(backoff_delay(BACKOFF_Q4, 1, 1, 0, MIDDLE), MINUTE);
}
END_TEST

START_TEST(after_expiry_the_class_alone_counts)
{
	ck_assert_int_eq(backoff_delay(BACKOFF_Q4, 1, -HOUR, 0, MIDDLE), DAY);
	ck_assert_int_eq(
		backoff_delay(BACKOFF_Q2, 9, INT64_MIN, 0, MIDDLE), DAY);
}
END_TEST

START_TEST(with_little_left_a_failing_ca_is_asked_twice_an_hour)
{
	ck_assert_int_eq(
		backoff_delay(BACKOFF_Q1, 9, 4 * DAY, 0, MIDDLE), HOUR / 2);
	ck_assert_int_eq(
		backoff_delay(BACKOFF_Q1, 9, 6 * DAY, 0, MIDDLE), 2 * HOUR);
}
END_TEST

START_TEST(a_retry_after_wins)
{
	ck_assert_int_ge(
		backoff_delay(BACKOFF_Q1, 1, 0, 3 * HOUR, 0), 3 * HOUR);
	ck_assert_int_ge(
		backoff_delay(BACKOFF_Q3, 1, HOUR, 2 * DAY, 0), 2 * DAY);
	ck_assert_int_le(backoff_delay(BACKOFF_Q3, 1, 0, 2 * DAY, 0.999),
		2 * DAY * 11 / 10 + 1);
	ck_assert_int_le(
		backoff_delay(BACKOFF_Q3, 1, 0, 5 * MINUTE, 0.999), 6 * MINUTE);
	ck_assert_int_eq(backoff_delay(BACKOFF_Q3, 1, 0, 2, 0), MINUTE);
	ck_assert_int_eq(backoff_delay(BACKOFF_Q3, 1, 0, 0.25, 0), MINUTE);
}
END_TEST

START_TEST(an_absurd_retry_after_is_clamped)
{
	static const double absurd[] = {1e18, 1e308, INFINITY, 8.0 * DAY};
	static const double nothing[] = {0, -0.0, -1, -1e300, NAN};

	for (unsigned i = 0; i < sizeof(absurd) / sizeof(*absurd); i++)
		ck_assert_int_eq(
			backoff_delay(BACKOFF_Q3, 1, 0, absurd[i], 0) / DAY, 7);
	for (unsigned i = 0; i < sizeof(nothing) / sizeof(*nothing); i++)
		ck_assert_int_eq(
			backoff_delay(BACKOFF_Q3, 1, 0, nothing[i], MIDDLE),
			HOUR);
}
END_TEST

/* CVE-2025-55753 of mod_md: after a month of failures its delay was 0. */
START_TEST(no_number_of_failures_lowers_the_delay)
{
	for (int class = 0; class < BACKOFF_CLASSES; class ++) {
		int64_t before = 0;
		for (uint64_t n = 0; n <= UINT_MAX; n = n * 2 + 1) {
			int64_t delay =
				plain((enum backoff_class) class, (unsigned)n);
			ck_assert_int_ge(delay, MINUTE);
			ck_assert_int_ge(delay, before);
			ck_assert_int_le(delay, DAY);
			before = delay;
		}
	}
}
END_TEST

START_TEST(nothing_gets_below_a_minute_or_above_eight_days)
{
	srandom(20261121);
	for (int i = 0; i < 20000; i++) {
		enum backoff_class class =
			(enum backoff_class)(random() % BACKOFF_CLASSES);
		int64_t left = (random() - RAND_MAX / 2) * random();
		double chance = (double)random() / ((double)RAND_MAX + 1);
		int64_t delay = backoff_delay(class, (unsigned)random(), left,
			(double)random() - 1e9, chance);
		ck_assert_int_ge(delay, MINUTE);
		ck_assert_int_le(delay, 8 * DAY);
	}
}
END_TEST

START_TEST(the_cause_says_the_class_before_the_kind)
{
	struct error err = {.kind = ERROR_TRANSIENT};

	ck_assert_int_eq(backoff_class_of(&err), BACKOFF_Q1);
	err.kind = ERROR_LOCAL;
	ck_assert_int_eq(backoff_class_of(&err), BACKOFF_Q5);
	err.kind = ERROR_LIMITED;
	ck_assert_int_eq(backoff_class_of(&err), BACKOFF_Q3);
	err.kind = ERROR_VALIDATION;
	ck_assert_int_eq(backoff_class_of(&err), BACKOFF_Q2);
	err.kind = ERROR_REFUSED;
	ck_assert_int_eq(backoff_class_of(&err), BACKOFF_Q4);
	err = (struct error){.kind = ERROR_TRANSIENT, .code = "N9"};
	ck_assert_int_eq(backoff_class_of(&err), BACKOFF_Q4);
	err = (struct error){.kind = ERROR_TRANSIENT, .code = "Z9"};
	ck_assert_int_eq(backoff_class_of(&err), BACKOFF_Q1);
	err = (struct error){.kind = ERROR_LOCAL, .code = "H8"};
	ck_assert_int_eq(backoff_class_of(&err), BACKOFF_Q5);
	err = (struct error){.kind = ERROR_VALIDATION, .code = "H8"};
	ck_assert_int_eq(backoff_class_of(&err), BACKOFF_Q2);
	ck_assert_str_eq(backoff_class_name(BACKOFF_Q6), "Q6");
}
END_TEST

START_TEST(a_broken_path_keeps_the_ca_unasked_for_a_part_of_what_is_left)
{
	static const int64_t ends[] = {0, -1, INT64_MIN};

	ck_assert(backoff_gates(0, INT64_MAX));
	ck_assert(backoff_gates(DAY - 1, 60 * DAY));
	ck_assert(!backoff_gates(DAY, 60 * DAY));
	ck_assert(backoff_gates(90 * MINUTE - 1, 12 * HOUR));
	ck_assert(!backoff_gates(90 * MINUTE, 12 * HOUR));
	for (unsigned i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		ck_assert(!backoff_gates(0, ends[i]));
	ck_assert(!backoff_gates(-1, 60 * DAY));
}
END_TEST

START_TEST(a_wait_that_none_is_as_long_as_was_drawn_by_another_clock)
{
	const int64_t now = 1700000000, longest = (int64_t)8 * 86400;

	ck_assert_int_eq(backoff_drawn(now + longest, now), now + longest);
	ck_assert_int_eq(backoff_drawn(now + longest + 1, now), 0);
	ck_assert_int_eq(backoff_drawn(now - 1, now), now - 1);
	ck_assert_int_eq(backoff_drawn(INT64_MAX, INT64_MIN), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("backoff");
	TCase *tests = tcase_create("backoff");

	tcase_add_test(tests, a_class_has_its_steps);
	tcase_add_test(tests, every_delay_is_jittered_by_half);
	tcase_add_test(
		tests, until_expiry_an_eighth_of_the_time_left_is_the_most);
	tcase_add_test(tests, after_expiry_the_class_alone_counts);
	tcase_add_test(
		tests, with_little_left_a_failing_ca_is_asked_twice_an_hour);
	tcase_add_test(tests, a_retry_after_wins);
	tcase_add_test(tests, an_absurd_retry_after_is_clamped);
	tcase_add_test(tests, no_number_of_failures_lowers_the_delay);
	tcase_add_test(tests, nothing_gets_below_a_minute_or_above_eight_days);
	tcase_add_test(tests, the_cause_says_the_class_before_the_kind);
	tcase_add_test(tests,
		a_broken_path_keeps_the_ca_unasked_for_a_part_of_what_is_left);
	tcase_add_test(tests,
		a_wait_that_none_is_as_long_as_was_drawn_by_another_clock);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
