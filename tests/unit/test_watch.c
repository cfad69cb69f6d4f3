/* SPDX-License-Identifier: MIT */
#include "watch.h"

#include "suite.h"

#include <check.h>
#undef fail /* ours, not the old one of check */

static struct error trouble(enum error_kind kind, double retry_after)
{
	struct error err = {0};
	fail(&err, kind, "trouble");
	err.retry_after = retry_after;
	return err;
}

START_TEST(pauses_double_to_five_seconds)
{
	static const double PAUSES[] = {
		0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5, 5};
	struct watch watch;

	watch_start(&watch);
	for (size_t i = 0; i < sizeof(PAUSES) / sizeof(*PAUSES); i++) {
		ck_assert(watch_wait(&watch, 0, NULL));
		ck_assert_double_eq_tol(watch.pause, PAUSES[i], 1e-9);
	}
}
END_TEST

START_TEST(a_time_of_the_ca_is_kept_up_to_a_minute)
{
	struct watch watch;
	struct error err = {0};

	watch_start(&watch);
	ck_assert(watch_wait(&watch, 60, &err));
	ck_assert_double_eq(watch.pause, 60);
	ck_assert(watch_wait(&watch, 0, &err));
	ck_assert_double_eq(watch.pause, 0.01);
	ck_assert(!watch_wait(&watch, 61, &err));
	ck_assert_int_eq(err.kind, ERROR_LIMITED);
	ck_assert_double_eq(err.retry_after, 61);
}
END_TEST

START_TEST(three_troubles_in_a_row_are_survived)
{
	struct error err = trouble(ERROR_TRANSIENT, 0);
	struct watch watch;

	watch_start(&watch);
	for (int round = 0; round < 2; round++) {
		ck_assert(watch_survives(&watch, &err));
		ck_assert(watch_survives(&watch, &err));
		ck_assert(watch_survives(&watch, &err));
		ck_assert(watch_wait(&watch, 0, NULL));
	}
	ck_assert(watch_survives(&watch, &err));
	ck_assert(watch_survives(&watch, &err));
	ck_assert(watch_survives(&watch, &err));
	ck_assert(!watch_survives(&watch, &err));
}
END_TEST

START_TEST(only_what_passes_by_itself_is_survived)
{
	struct error refused = trouble(ERROR_REFUSED, 0);
	struct error long_one = trouble(ERROR_LIMITED, 3600);
	struct error short_one = trouble(ERROR_LIMITED, 7);
	struct watch watch;

	watch_start(&watch);
	ck_assert(!watch_survives(&watch, &refused));
	ck_assert(!watch_survives(&watch, &long_one));
	ck_assert(watch_survives(&watch, &short_one));
	ck_assert_double_eq(watch.pause, 7);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("watch");
	TCase *tests = tcase_create("watch");

	tcase_add_test(tests, pauses_double_to_five_seconds);
	tcase_add_test(tests, a_time_of_the_ca_is_kept_up_to_a_minute);
	tcase_add_test(tests, three_troubles_in_a_row_are_survived);
	tcase_add_test(tests, only_what_passes_by_itself_is_survived);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
