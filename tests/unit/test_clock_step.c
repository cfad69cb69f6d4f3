/* SPDX-License-Identifier: MIT */
#include "clock_step.h"

#include "suite.h"

#include <check.h>

/* What has passed by each clock, and what that says. */
static const struct {
	double wall, boot, awake;
	double jumped, slept;
} CASES[] = {
	{60, 60, 60, 0, 0},
	{61, 60, 60, 0, 0}, /* a leap second, or a slow time service */
	{119, 60, 60, 0, 0},
	{10860, 60, 60, 10800, 0},
	{-10740, 60, 60, -10800, 0},
	{32460, 32460, 60, 0, 32400}, /* a night */
	{29000, 32460, 60, -3460, 32400}, /* with a clock that was not kept */
	{32460, 60, 60, 32400, 0}, /* a virtual machine that was paused */
	{60, 100, 60, 0, 0},
};

START_TEST(the_clocks_say_what_has_happened)
{
	const struct clock_reading before = {1800000000, 500, 400};
	const struct clock_reading now = {before.wall + CASES[_i].wall,
		before.boot + CASES[_i].boot, before.awake + CASES[_i].awake};
	struct clock_step step = clock_step_between(&before, &now);

	ck_assert_double_eq(step.jumped, CASES[_i].jumped);
	ck_assert_double_eq(step.slept, CASES[_i].slept);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("clock_step");
	TCase *tests = tcase_create("clock_step");

	tcase_add_loop_test(tests, the_clocks_say_what_has_happened, 0,
		sizeof(CASES) / sizeof(*CASES));
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
