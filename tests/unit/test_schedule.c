/* SPDX-License-Identifier: MIT */
#include "schedule.h"

#include "fleet_run.h"
#include "json.h"
#include "mem.h"
#include "plan.h"
#include "suite.h"
#include "tally.h"
#include "text.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#define DAY ((int64_t)86400)

static struct fleet_run run;
static time_t ahead; /* our clock, of the machine's */

/* The clock of this program. */
time_t time(time_t *result)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (result)
		*result = now.tv_sec + ahead;
	return now.tv_sec + ahead;
}

static void set_up(void)
{
	ahead = 0;
	fleet_run_prepare(&run);
}

static void tear_down(void)
{
	fleet_run_clean(&run);
}

static unsigned rescanned;

static void on_rescanned(void *data, const struct intake_result *result)
{
	(void)data;
	ck_assert_ptr_null(result->err);
	rescanned++;
	run.is_ended = true;
}

static struct lineage *the_one(void)
{
	return fleet_find(&run.fleet, "a.example");
}

/* Up to the end of the first attempt, which finds nobody at the CA. */
static void start(void)
{
	fleet_run_start(&run);
	schedule_rescan(run.schedule, on_rescanned, NULL);
	fleet_run_wait(&run);
	fleet_run_await(&run, "failed:a.example");
}

static size_t count(const char *told)
{
	size_t times = 0;

	for (const char *at = run.told; (at = strstr(at, told)); at++)
		times++;
	return times;
}

START_TEST(what_is_new_gets_a_placeholder_and_an_attempt)
{
	start();
	const struct lineage *lineage = the_one();
	ck_assert(lineage->is_installed);
	ck_assert_uint_eq(lineage->failures, 1);
	ck_assert_int_eq(lineage->err.kind, ERROR_TRANSIENT);
	ck_assert_int_gt(lineage->not_before, time(NULL));
	ck_assert(!lineage->is_running);
	ck_assert(run_exists(&run.vault, "state/live/a.example"));
}
END_TEST

START_TEST(a_failure_waits_also_over_a_restart)
{
	start();
	int64_t not_before = the_one()->not_before;
	fleet_run_stop(&run);
	fleet_run_start(&run);
	schedule_rescan(run.schedule, on_rescanned, NULL);
	fleet_run_wait(&run);
	ck_assert_int_eq(the_one()->not_before, not_before);
	ck_assert_uint_eq(the_one()->failures, 1);
	ck_assert_int_eq(plan_next(the_one(), time(NULL)).when, not_before);
}
END_TEST

static void on_idle(
	void *data, struct lineage *lineage, const struct error *err)
{
	*(bool *)data = err != NULL;
	ck_assert_ptr_eq(lineage, the_one());
	run.is_ended = true;
}

START_TEST(a_human_goes_past_the_wait)
{
	struct error why = {0};
	bool has_failed = false;

	start();
	ck_assert(schedule_renew(run.schedule, the_one(),
		&(struct renew_wish){.is_forced = false, .is_dry = false},
		&why));
	work_await(
		schedule_work(run.schedule), the_one(), on_idle, &has_failed);
	fleet_run_wait(&run);
	ck_assert(has_failed);
	ck_assert_uint_eq(the_one()->failures, 2);
	ck_assert_uint_eq(count("failed:a.example"), 2);
}
END_TEST

START_TEST(not_even_a_human_passes_a_retry_after)
{
	struct error why = {0};

	start();
	the_one()->err.retry_after = 3600;
	ck_assert(!schedule_renew(run.schedule, the_one(),
		&(struct renew_wish){.is_forced = true, .is_dry = false},
		&why));
	ck_assert_int_eq(why.kind, ERROR_REFUSED);
	ck_assert_ptr_nonnull(strstr(why.text, "'little'"));
}
END_TEST

START_TEST(a_hold_stops_and_ends)
{
	struct error why = {0};

	start();
	schedule_hold(run.schedule, the_one(), 0);
	ck_assert_int_eq(plan_next(the_one(), time(NULL)).action, PLAN_NOTHING);
	ck_assert_int_eq(the_one()->due, INT64_MAX);
	ck_assert(!schedule_renew(run.schedule, the_one(),
		&(struct renew_wish){.is_forced = false, .is_dry = false},
		&why));
	ck_assert_int_eq(why.kind, ERROR_REFUSED);
	schedule_unhold(run.schedule, the_one());
	ck_assert_int_lt(the_one()->due, INT64_MAX);
	ck_assert_uint_eq(count("unheld:a.example"), 1);
}
END_TEST

START_TEST(an_orphan_is_not_renewed)
{
	struct error why = {0};

	start();
	fleet_run_remove(&run, "a.example");
	schedule_rescan(run.schedule, on_rescanned, NULL);
	fleet_run_wait(&run);
	ck_assert(!schedule_renew(run.schedule, the_one(),
		&(struct renew_wish){.is_forced = true, .is_dry = false},
		&why));
	ck_assert_int_eq(why.kind, ERROR_REFUSED);
	ck_assert(!schedule_rollback(run.schedule, the_one(), &why));
	ck_assert_int_eq(the_one()->due, INT64_MAX);
}
END_TEST

START_TEST(there_is_no_way_back_to_a_placeholder)
{
	struct error why = {0};
	bool has_failed = false;

	start();
	ck_assert(schedule_rollback(run.schedule, the_one(), &why));
	work_await(
		schedule_work(run.schedule), the_one(), on_idle, &has_failed);
	fleet_run_wait(&run);
	ck_assert(has_failed);
	ck_assert(!the_one()->is_held);
	ck_assert_int_eq(the_one()->deploy.step, DEPLOY_DONE);
}
END_TEST

START_TEST(a_dry_run_without_staging_says_so)
{
	struct error why = {0};
	bool has_failed = false;

	start();
	ck_assert(schedule_renew(run.schedule, the_one(),
		&(struct renew_wish){.is_forced = false, .is_dry = true},
		&why));
	work_await(
		schedule_work(run.schedule), the_one(), on_idle, &has_failed);
	fleet_run_wait(&run);
	ck_assert(has_failed);
	ck_assert_uint_eq(the_one()->failures, 1);
}
END_TEST

START_TEST(mistakes_are_told)
{
	start();
	fleet_run_write(&run, "a.example", "[Certificate]\nNo=1\n");
	schedule_rescan(run.schedule, on_rescanned, NULL);
	fleet_run_await(&run, "config-rejected:");
}
END_TEST

START_TEST(what_will_hardly_work_is_told)
{
	start();
	fleet_run_write(&run, "a.example",
		"[Certificate]\nNames=a.example\nCA=little bound\n");
	run_write(&run.vault, "etc/acmed.conf",
		"[CA little]\nDirectory=https://127.0.0.1:1/dir\n"
		"[CA bound]\nDirectory=https://b.example/\n"
		"EABRequired=yes\n[Certificate]\nCA=little\n");
	schedule_rescan(run.schedule, on_rescanned, NULL);
	fleet_run_await(&run, "config-doubted:");
}
END_TEST

START_TEST(changed_names_are_tried_at_once)
{
	start();
	fleet_run_write(&run, "a.example", "[Certificate]\nNames=b.example\n");
	run.told[0] = '\0';
	schedule_rescan(run.schedule, on_rescanned, NULL);
	fleet_run_await(&run, "failed:a.example");
	ck_assert_uint_eq(the_one()->failures, 1);
}
END_TEST

START_TEST(who_asks_in_the_middle_of_a_rescan_gets_another)
{
	fleet_run_start(&run);
	rescanned = 0;
	schedule_rescan(run.schedule, on_rescanned, NULL);
	fleet_run_write(&run, "b", "[Certificate]\nNames=b.example\n");
	schedule_rescan(run.schedule, on_rescanned, NULL);
	fleet_run_wait(&run);
	ck_assert_uint_eq(rescanned, 1);
	fleet_run_wait(&run);
	ck_assert_uint_eq(rescanned, 2);
	ck_assert_ptr_nonnull(fleet_find(&run.fleet, "b"));
}
END_TEST

static unsigned minutes_in_some_turns(void)
{
	unsigned before = run.minutes;

	schedule_wake(run.schedule);
	for (int i = 0; i < 10; i++)
		ev_run(run.fleet.loop, EVRUN_NOWAIT);
	return run.minutes - before;
}

/* The vault does not get to its answer meanwhile. */
START_TEST(minutes_pass_in_a_rescan_but_not_in_the_first)
{
	fleet_run_start(&run);
	kill(run.vault.pid, SIGSTOP);
	schedule_rescan(run.schedule, on_rescanned, NULL);
	ck_assert_uint_eq(minutes_in_some_turns(), 0);
	kill(run.vault.pid, SIGCONT);
	fleet_run_wait(&run);
	fleet_run_await(&run, "failed:a.example");
	kill(run.vault.pid, SIGSTOP);
	schedule_rescan(run.schedule, on_rescanned, NULL);
	ck_assert_uint_ge(minutes_in_some_turns(), 1);
	kill(run.vault.pid, SIGCONT);
	fleet_run_wait(&run);
}
END_TEST

START_TEST(who_forgets_a_rescan_is_not_told)
{
	fleet_run_start(&run);
	rescanned = 0;
	schedule_rescan(run.schedule, on_rescanned, &run);
	schedule_forget_rescan(run.schedule, &run);
	schedule_rescan(run.schedule, on_rescanned, NULL);
	fleet_run_wait(&run);
	ck_assert_uint_eq(rescanned, 1);
}
END_TEST

static void on_blind(void *data, const struct intake_result *result)
{
	(void)data;
	ck_assert_ptr_nonnull(result->err);
	run.is_ended = true;
}

START_TEST(what_could_not_be_read_is_read_again_by_itself)
{
	fleet_run_start(&run);
	run.fleet.tally = tally_new(run.fleet.events);
	run_let_open(&run.vault, 3);
	ahead = -59;
	schedule_rescan(run.schedule, on_blind, NULL);
	fleet_run_wait(&run);
	ck_assert_ptr_null(run.fleet.snapshot);
	ck_assert_uint_eq(tally_rescans(run.fleet.tally, TALLY_REJECTED), 1);
	run_let_open(&run.vault, 1024);
	ahead = 0;
	fleet_run_await(&run, "placeholder:a.example");
	ck_assert_uint_eq(tally_rescans(run.fleet.tally, TALLY_REJECTED), 1);
	ck_assert_uint_eq(tally_rescans(run.fleet.tally, TALLY_ACCEPTED), 1);
	tally_free(take(run.fleet.tally));
}
END_TEST

START_TEST(what_was_forgotten_is_told_and_tried_within_a_minute)
{
	start();
	the_one()->due = INT64_MAX;
	the_one()->not_before = time(NULL) - 1;
	run.told[0] = '\0';
	ahead = 61;
	schedule_wake(run.schedule);
	fleet_run_await(&run, "failed:a.example");
	ck_assert_uint_eq(count("error:a.example"), 1);
	ck_assert_uint_eq(the_one()->failures, 2);
}
END_TEST

/* Whatever its name. */
START_TEST(who_has_waited_for_longest_begins_first)
{
	fleet_run_write(&run, "b", "[Certificate]\nNames=b.example\n");
	start();
	fleet_run_await(&run, "failed:b ");
	struct lineage *other = fleet_find(&run.fleet, "b");
	the_one()->not_before = time(NULL) - 1;
	other->not_before = time(NULL) - 2;
	run.told[0] = '\0';
	fleet_changed(&run.fleet, the_one());
	fleet_changed(&run.fleet, other);
	fleet_run_await(&run, "attempt:a.example");
	ck_assert_ptr_nonnull(strstr(run.told, "attempt:b "));
	ck_assert(strstr(run.told, "attempt:b ") <
		strstr(run.told, "attempt:a.example"));
}
END_TEST

/* It was retired by a clock that was ahead, and has 60 days left. */
START_TEST(what_is_taken_back_is_planned_at_once)
{
	bool has_failed = false;

	start();
	work_await(
		schedule_work(run.schedule), the_one(), on_idle, &has_failed);
	fleet_run_wait(&run);
	struct lineage *lineage = the_one();
	lineage->facts.self_signed = false;
	lineage->facts.not_after = time(NULL) + 60 * DAY;
	lineage->is_retired = true;
	fleet_changed(&run.fleet, lineage);
	ck_assert(!lineage->is_retired);
	ck_assert_int_eq(lineage->due, plan_next(lineage, time(NULL)).when);
	ck_assert_int_lt(lineage->due, INT64_MAX);
}
END_TEST

START_TEST(it_can_be_freed_in_the_middle_of_a_job)
{
	fleet_run_start(&run);
	schedule_rescan(run.schedule, on_rescanned, NULL);
	fleet_run_await(&run, "attempt:a.example");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("schedule");
	TCase *tests = tcase_create("schedule");

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, what_is_new_gets_a_placeholder_and_an_attempt);
	tcase_add_test(tests, a_failure_waits_also_over_a_restart);
	tcase_add_test(tests, a_human_goes_past_the_wait);
	tcase_add_test(tests, not_even_a_human_passes_a_retry_after);
	tcase_add_test(tests, a_hold_stops_and_ends);
	tcase_add_test(tests, an_orphan_is_not_renewed);
	tcase_add_test(tests, there_is_no_way_back_to_a_placeholder);
	tcase_add_test(tests, a_dry_run_without_staging_says_so);
	tcase_add_test(tests, mistakes_are_told);
	tcase_add_test(tests, what_will_hardly_work_is_told);
	tcase_add_test(tests, changed_names_are_tried_at_once);
	tcase_add_test(tests, who_asks_in_the_middle_of_a_rescan_gets_another);
	tcase_add_test(tests, minutes_pass_in_a_rescan_but_not_in_the_first);
	tcase_add_test(tests, who_forgets_a_rescan_is_not_told);
	tcase_add_test(tests, what_could_not_be_read_is_read_again_by_itself);
	tcase_add_test(
		tests, what_was_forgotten_is_told_and_tried_within_a_minute);
	tcase_add_test(tests, who_has_waited_for_longest_begins_first);
	tcase_add_test(tests, what_is_taken_back_is_planned_at_once);
	tcase_add_test(tests, it_can_be_freed_in_the_middle_of_a_job);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
