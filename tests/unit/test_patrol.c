/* SPDX-License-Identifier: MIT */
#include "patrol.h"

#include "suite.h"

#include <check.h>
#undef fail

#define DAY 86400
#define MIDNIGHT 1800057600 /* 2027-01-16 */

START_TEST(each_has_its_own_time_of_the_day)
{
	ck_assert_int_eq(patrol_time(0.5, MIDNIGHT), MIDNIGHT + DAY / 2);
	ck_assert_int_eq(patrol_time(0, MIDNIGHT - 1), MIDNIGHT);
	ck_assert_int_eq(patrol_time(0.25, MIDNIGHT + 5), MIDNIGHT + DAY / 4);
}
END_TEST

START_TEST(the_next_one_is_never_now_and_within_a_day)
{
	ck_assert_int_eq(patrol_time(0, MIDNIGHT), MIDNIGHT + DAY);
	for (int i = 0; i < 1000; i++) {
		int64_t now = MIDNIGHT + i * 1009;
		int64_t when = patrol_time(i / 1000., now);
		ck_assert_int_gt(when, now);
		ck_assert_int_le(when, now + DAY);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("patrol");
	TCase *tests = tcase_create("patrol");

	tcase_add_test(tests, each_has_its_own_time_of_the_day);
	tcase_add_test(tests, the_next_one_is_never_now_and_within_a_day);
	suite_add_tcase(suite, tests);
	return suite;
}

int main(void)
{
	return suite_run(suite());
}
