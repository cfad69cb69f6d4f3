/* SPDX-License-Identifier: MIT */
#include "attempt.h"

#include "attempt_mark.h"
#include "budget.h"
#include "fleet_run.h"
#include "intake.h"
#include "mem.h"
#include "outlook.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <time.h>

/* The CA of the run refuses connections: each attempt fails. */

static struct fleet_run run;
static unsigned ends;
static struct error last;

static void on_taken_in(void *data, const struct intake_result *result)
{
	(void)data;
	ck_assert_ptr_null(result->err);
	run.is_ended = true;
}

static void begin(void)
{
	fleet_run_open(&run);
	run.fleet.budgets = budgets_new();
	intake_start(&run.fleet, on_taken_in, NULL);
	fleet_run_wait(&run);
}

static void stop(void)
{
	budgets_free(take(run.fleet.budgets));
	fleet_run_stop(&run);
}

static void set_up(void)
{
	ends = 0;
	last = (struct error){0};
	fleet_run_prepare(&run);
	begin();
}

static void tear_down(void)
{
	stop();
	fleet_run_clean(&run);
}

static struct lineage *the_one(void)
{
	return fleet_find(&run.fleet, "a.example");
}

static void on_end(void *data, const struct error *err)
{
	ck_assert_ptr_eq(data, &run);
	ck_assert_int_eq(the_one()->job, JOB_NONE);
	last = err ? *err : (struct error){0};
	ends++;
	run.is_ended = true;
}

static struct attempt *start(bool is_dry)
{
	struct attempt *attempt =
		attempt_start(&run.fleet, the_one(), is_dry, on_end, &run);

	ck_assert_int_eq(the_one()->job, JOB_ISSUE);
	return attempt;
}

START_TEST(a_failure_is_counted_told_and_has_a_next_try)
{
	const struct lineage *lineage = the_one();
	time_t before = time(NULL);

	start(false);
	fleet_run_wait(&run);
	ck_assert_uint_eq(ends, 1);
	ck_assert_str_eq(last.code, "N2");
	ck_assert_uint_eq(lineage->failures, 1);
	ck_assert_str_eq(lineage->err.code, "N2");
	ck_assert(!lineage->is_running);
	ck_assert_int_gt(lineage->not_before, before);
	ck_assert_ptr_nonnull(strstr(run.told, "failed:a.example"));
}
END_TEST

START_TEST(it_is_in_the_state_before_the_ca_hears_of_it)
{
	struct attempt *attempt = start(false);

	fleet_run_await(&run, "step:a.example");
	attempt_cancel(attempt);
	ck_assert_int_eq(the_one()->job, JOB_NONE);
	stop();
	begin();
	ck_assert_uint_eq(ends, 0);
	ck_assert_uint_eq(the_one()->failures, 1);
	ck_assert_ptr_nonnull(
		strstr(the_one()->err.text, "interrupted in this attempt"));
	ck_assert_int_gt(the_one()->not_before, the_one()->last_attempt);
}
END_TEST

START_TEST(one_that_is_cancelled_tells_nobody)
{
	attempt_cancel(start(false));
	ck_assert_int_eq(the_one()->job, JOB_NONE);
	attempt_cancel(NULL);
	start(false);
	fleet_run_wait(&run);
	ck_assert_uint_eq(ends, 1);
}
END_TEST

START_TEST(a_dry_run_leaves_the_lineage_as_it_is)
{
	const struct lineage *lineage = the_one();

	start(true);
	fleet_run_wait(&run);
	ck_assert_uint_eq(ends, 1);
	ck_assert_ptr_nonnull(strstr(last.text, "no staging directory"));
	ck_assert_uint_eq(lineage->failures, 0);
	ck_assert_int_eq(lineage->err.kind, ERROR_NONE);
	ck_assert_int_eq(lineage->last_attempt, 0);
	ck_assert_ptr_null(strstr(run.told, "failed:"));
}
END_TEST

START_TEST(nothing_is_tried_for_a_file_that_changes_while_paths_are_walked)
{
	const struct lineage *lineage = the_one();
	struct outlook *outlook = outlook_new(&run.fleet);

	run.fleet.outlook = outlook;
	start(false);
	ck_assert(lineage_set_subject(the_one(), "another"));
	fleet_run_wait(&run);
	ck_assert_int_eq(last.kind, ERROR_NONE);
	ck_assert_uint_eq(lineage->failures, 0);
	ck_assert_int_eq(lineage->last_attempt, 0);
	ck_assert_uint_eq(json_array_size(lineage->counted), 0);
	ck_assert_ptr_null(strstr(run.told, "failed:"));
	start(false);
	fleet_run_wait(&run);
	ck_assert_str_eq(last.code, "N2");
	outlook_free(outlook);
}
END_TEST

static void switch_to(unsigned version)
{
	the_one()->staged = version;
	attempt_switch(&run.fleet, the_one(), on_end, &run);
	fleet_run_wait(&run);
	ck_assert_int_ne(last.kind, ERROR_NONE);
}

START_TEST(a_version_that_is_not_there_is_asked_for_no_more)
{
	switch_to(7);
	ck_assert_uint_eq(ends, 1);
	ck_assert_uint_eq(the_one()->staged, 0);
	ck_assert_uint_eq(the_one()->failures, 0);
}
END_TEST

START_TEST(a_version_that_cannot_be_seen_is_asked_for_again)
{
	run_let_open(&run.vault, 3);
	switch_to(7);
	run_let_open(&run.vault, 1024);
	ck_assert_uint_eq(the_one()->staged, 7);
	ck_assert_uint_eq(the_one()->failures, 1);
}
END_TEST

/* What the state of a killed loop says, and the vault: a switch between. */
static void take_in_killed(unsigned version)
{
	struct lineage *lineage = the_one();

	lineage->is_installed = true;
	lineage->is_running = true;
	lineage->version_before = 2;
	lineage->version = version;
	lineage->order = json_object();
	lineage->deploy.step = DEPLOY_DONE;
}

START_TEST(a_switch_that_a_crash_has_drowned_is_heard_of)
{
	take_in_killed(3);
	ck_assert(attempt_mark_unheard(&run.fleet, the_one()));
	ck_assert(!the_one()->is_running);
	ck_assert_ptr_null(the_one()->order);
	ck_assert_int_eq(the_one()->deploy.step, DEPLOY_EXPORT);
	ck_assert_ptr_nonnull(strstr(run.told, "installed:"));
	ck_assert(!attempt_mark_unheard(&run.fleet, the_one()));
}
END_TEST

START_TEST(the_one_before_a_drowned_switch_is_served_until_its_end)
{
	take_in_killed(3);
	the_one()->expiry_before = 1800000000;
	ck_assert(attempt_mark_unheard(&run.fleet, the_one()));
	ck_assert_int_eq(the_one()->deploy.deadline, 1800000000);
	take_in_killed(4);
	the_one()->version_before = 3;
	the_one()->deploy.step = DEPLOY_RELOAD;
	the_one()->expiry_before = 1900000000;
	ck_assert(attempt_mark_unheard(&run.fleet, the_one()));
	ck_assert_int_eq(the_one()->deploy.deadline, 1800000000);
}
END_TEST

START_TEST(an_attempt_that_a_crash_has_stopped_goes_on)
{
	take_in_killed(2);
	ck_assert(!attempt_mark_unheard(&run.fleet, the_one()));
	ck_assert(the_one()->is_running);
	ck_assert_ptr_nonnull(the_one()->order);
	ck_assert_int_eq(the_one()->deploy.step, DEPLOY_DONE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("attempt");
	TCase *tests = tcase_create("attempt");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, a_failure_is_counted_told_and_has_a_next_try);
	tcase_add_test(tests, it_is_in_the_state_before_the_ca_hears_of_it);
	tcase_add_test(tests, one_that_is_cancelled_tells_nobody);
	tcase_add_test(tests, a_dry_run_leaves_the_lineage_as_it_is);
	tcase_add_test(tests,
		nothing_is_tried_for_a_file_that_changes_while_paths_are_walked);
	tcase_add_test(tests, a_version_that_is_not_there_is_asked_for_no_more);
	tcase_add_test(tests, a_version_that_cannot_be_seen_is_asked_for_again);
	tcase_add_test(tests, a_switch_that_a_crash_has_drowned_is_heard_of);
	tcase_add_test(
		tests, the_one_before_a_drowned_switch_is_served_until_its_end);
	tcase_add_test(tests, an_attempt_that_a_crash_has_stopped_goes_on);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
