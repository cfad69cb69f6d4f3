/* SPDX-License-Identifier: MIT */
#include "rehearsal_time.h"

#include "suite.h"

#include <check.h>

#define NOW 1767225600

START_TEST(the_next_one_is_within_a_period_and_never_now)
{
	for (int i = 0; i < 1000; i++) {
		double seed = i / 1000.;
		for (int64_t last = NOW; last < NOW + REHEARSAL_DAY;
			last += 3571) {
			int64_t next =
				rehearsal_next(last, seed, REHEARSAL_DAY);
			ck_assert_int_gt(next, last);
			ck_assert_int_le(next, last + REHEARSAL_DAY);
		}
	}
}
END_TEST

START_TEST(each_one_has_its_moment_of_the_day_and_of_the_week)
{
	static const int64_t PERIODS[] = {REHEARSAL_DAY, REHEARSAL_WEEK};
	int64_t period = PERIODS[_i];
	int64_t first = rehearsal_next(NOW, 0.3, period);

	ck_assert_int_eq(rehearsal_next(first, 0.3, period), first + period);
	ck_assert_int_eq(
		rehearsal_next(first + 100, 0.3, period), first + period);
}
END_TEST

/* Fifty thousand: no minute of the day has much more than its share. */
START_TEST(many_are_no_storm)
{
	static unsigned minutes[REHEARSAL_DAY / 60];
	const int count = 50000;

	for (int i = 0; i < count; i++) {
		int64_t next =
			rehearsal_next(NOW, (double)i / count, REHEARSAL_DAY);
		minutes[next % REHEARSAL_DAY / 60]++;
	}
	for (int i = 0; i < REHEARSAL_DAY / 60; i++)
		ck_assert_uint_lt(minutes[i], 5 * 60);
}
END_TEST

/* The seed decides when a certificate is renewed, too. */
START_TEST(neighbours_are_not_rehearsed_one_after_the_other)
{
	int64_t a = rehearsal_next(NOW, 0.5000, REHEARSAL_DAY);
	int64_t b = rehearsal_next(NOW, 0.5001, REHEARSAL_DAY);

	ck_assert_int_gt(a > b ? a - b : b - a, 3600);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("rehearsal_time");
	TCase *tests = tcase_create("rehearsal_time");

	tcase_add_test(tests, the_next_one_is_within_a_period_and_never_now);
	tcase_add_loop_test(tests,
		each_one_has_its_moment_of_the_day_and_of_the_week, 0, 2);
	tcase_add_test(tests, many_are_no_storm);
	tcase_add_test(tests, neighbours_are_not_rehearsed_one_after_the_other);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
