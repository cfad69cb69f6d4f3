/* SPDX-License-Identifier: MIT */
#include "schedule.h"

#include "fleet_run.h"
#include "plan.h"
#include "suite.h"
#include "text.h"
#include "vault_life.h"

#include <check.h>
#undef fail
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* People ask while something is under way, or waits to be brought to its
 * end. */

static struct fleet_run run;
static struct little_ca ca;

static const struct renew_wish SOON = {0};
static const struct renew_wish FORCED = {.is_forced = true};
static const struct renew_wish DRY = {.is_forced = true, .is_dry = true};

static void set_up(void)
{
	fleet_run_prepare(&run);
	little_ca_open(&ca);
}

static void tear_down(void)
{
	fleet_run_clean(&run);
	little_ca_close(&ca);
}

static struct lineage *the_one(void)
{
	return fleet_find(&run.fleet, "a.example");
}

static void on_idle(
	void *data, struct lineage *lineage, const struct error *err)
{
	(void)data;
	(void)err;
	ck_assert_ptr_eq(lineage, the_one());
	run.is_ended = true;
}

static void wait_until_idle(void)
{
	work_await(schedule_work(run.schedule), the_one(), on_idle, NULL);
	fleet_run_wait(&run);
}

static void on_rescanned(void *data, const struct intake_result *result)
{
	(void)data;
	ck_assert_ptr_null(result->err);
	run.is_ended = true;
}

static void start(void)
{
	fleet_run_start(&run);
	schedule_rescan(run.schedule, on_rescanned, NULL);
	fleet_run_wait(&run);
}

/* Up to the end of the first attempt, which finds nobody at the CA. */
static void start_failing(void)
{
	start();
	fleet_run_await(&run, "failed:a.example");
	wait_until_idle();
	run.told[0] = '\0';
}

static void issue(unsigned versions)
{
	run_begin(&run.vault);
	while (versions--)
		life_issue(&run.vault, &ca);
	run_end(&run.vault);
}

/* With one that lies in the vault, and with another one behind it. */
static void start_issued(bool is_staged)
{
	run_begin(&run.vault);
	life_issue(&run.vault, &ca);
	if (is_staged) {
		life_save_order(&run.vault, "https://ca.test/order/2");
		life_stage(&run.vault, &ca);
	}
	run_end(&run.vault);
	start();
	ck_assert(lineage_has_certificate(the_one()));
	ck_assert_int_eq(the_one()->job, JOB_NONE);
	run.told[0] = '\0';
}

static void ask(const struct renew_wish *wish)
{
	struct error why = {0};

	ck_assert_msg(schedule_renew(run.schedule, the_one(), wish, &why), "%s",
		why.text);
}

static bool was_told(const char *event)
{
	return strstr(run.told, event) != NULL;
}

START_TEST(who_asks_in_the_middle_of_an_attempt_gets_that_one)
{
	start_failing();
	ask(&FORCED);
	ck_assert_int_eq(the_one()->job, JOB_ISSUE);
	the_one()->is_forced = false;
	the_one()->err.retry_after = 3600;
	the_one()->not_before = time(NULL) + 3600;
	ask(&FORCED);
	ck_assert(!the_one()->is_forced);
	wait_until_idle();
	ck_assert_uint_eq(the_one()->failures, 2);
}
END_TEST

static const struct asked_meanwhile {
	const struct renew_wish *wish;
	bool follows; /* an attempt */
} ASKED_MEANWHILE[] = {
	{&SOON, false},
	{&DRY, false},
	{&FORCED, true},
};

START_TEST(only_an_issuance_that_is_forced_follows_another_job)
{
	const struct asked_meanwhile *asked = &ASKED_MEANWHILE[_i];
	struct error why = {0};

	start_failing();
	ck_assert(schedule_rollback(run.schedule, the_one(), &why));
	ask(asked->wish);
	ck_assert_int_eq(the_one()->job, JOB_DEPLOY);
	wait_until_idle();
	ck_assert(was_told("attempt:a.example") == asked->follows);
	ck_assert_uint_eq(the_one()->failures, asked->follows ? 2 : 1);
}
END_TEST

START_TEST(there_is_no_way_back_in_the_middle_of_a_job)
{
	struct error why = {0};

	start_failing();
	ck_assert(schedule_rollback(run.schedule, the_one(), &why));
	ck_assert(!schedule_rollback(run.schedule, the_one(), &why));
	ck_assert_int_eq(why.kind, ERROR_REFUSED);
	ck_assert_ptr_nonnull(strstr(why.text, "is being worked on"));
	wait_until_idle();
	ck_assert(schedule_rollback(run.schedule, the_one(), &why));
}
END_TEST

/* The vault has switched, and then its disk failed. */
static void go_back_unheard(void)
{
	const char *link = run_path(&run.vault, "state/live/a.example");

	ck_assert_int_eq(unlink(link), 0);
	ck_assert_int_eq(symlink("../archive/a.example/1", link), 0);
	ck_assert_int_eq(
		mkdir(run_path(&run.vault, "state/live/.a.example.new"), 0755),
		0);
}

START_TEST(a_way_back_that_is_in_doubt_is_looked_at_and_deployed)
{
	struct error why = {0};

	issue(2);
	start();
	ck_assert_uint_eq(the_one()->version, 2);
	run.told[0] = '\0';
	go_back_unheard();
	ck_assert(schedule_rollback(run.schedule, the_one(), &why));
	fleet_run_await(&run, "deployed:a.example");
	ck_assert_uint_eq(the_one()->version, 1);
	ck_assert_int_eq(the_one()->deploy.step, DEPLOY_DONE);
	ck_assert(!was_told("rolled-back"));
}
END_TEST

static void fail_to_deploy(void)
{
	start_issued(false);
	the_one()->deploy.step = DEPLOY_EXPORT;
	the_one()->deploy.failures = 1;
	the_one()->deploy.next = time(NULL) + 86400;
}

static void fail_to_switch(void)
{
	start_issued(true);
	ck_assert_uint_eq(the_one()->staged, 2);
	the_one()->failures = 1;
	the_one()->not_before = time(NULL) + 86400;
}

static const struct behind {
	void (*fail_to)(void);
	const struct renew_wish *wish;
	unsigned version; /* in the end */
	const char *first, *then;
} BEHIND[] = {
	{fail_to_deploy, &SOON, 1, "step:", "deployed:"},
	{fail_to_deploy, &FORCED, 1, "attempt:", "failed:"},
	{fail_to_switch, &SOON, 2, "installed:", "deployed:"},
	{fail_to_switch, &FORCED, 2, "installed:", "attempt:"},
};

START_TEST(what_was_begun_is_brought_to_its_end_unless_another_one_is_wanted)
{
	const struct behind *behind = &BEHIND[_i];

	behind->fail_to();
	ask(behind->wish);
	fleet_run_await(&run, behind->then);
	ck_assert(text_starts_with(run.told, behind->first));
	ck_assert(was_told("attempt:") == behind->wish->is_forced);
	ck_assert_uint_eq(the_one()->version, behind->version);
}
END_TEST

START_TEST(what_was_not_to_be_seen_is_not_issued_anew)
{
	start_issued(false);
	the_one()->is_installed = false;
	run_let_open(&run.vault, 3);
	fleet_changed(&run.fleet, the_one());
	fleet_run_await(&run, "error:a.example");
	ck_assert(!the_one()->is_installed);
	run_let_open(&run.vault, 1024);
	the_one()->placeholder_after = 0;
	fleet_changed(&run.fleet, the_one());
	fleet_run_await(&run, "installed:a.example");
	ck_assert(lineage_has_certificate(the_one()));
	ck_assert(!was_told("attempt:"));
	ck_assert(!was_told("placeholder:"));
	ck_assert_int_gt(
		plan_next(the_one(), time(NULL)).when, time(NULL) + 86400);
}
END_TEST

START_TEST(what_cannot_begin_yet_begins_when_it_can)
{
	start_failing();
	the_one()->is_loaded = false;
	ask(&FORCED);
	ck_assert_int_eq(the_one()->job, JOB_NONE);
	ck_assert_int_eq(the_one()->due, INT64_MAX);
	the_one()->is_loaded = true;
	fleet_changed(&run.fleet, the_one());
	fleet_run_await(&run, "failed:a.example");
	ck_assert_uint_eq(the_one()->failures, 2);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("schedule_wishes");
	TCase *tests = tcase_create("schedule_wishes");

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(
		tests, who_asks_in_the_middle_of_an_attempt_gets_that_one);
	tcase_add_loop_test(tests,
		only_an_issuance_that_is_forced_follows_another_job, 0,
		sizeof(ASKED_MEANWHILE) / sizeof(*ASKED_MEANWHILE));
	tcase_add_test(tests, there_is_no_way_back_in_the_middle_of_a_job);
	tcase_add_test(
		tests, a_way_back_that_is_in_doubt_is_looked_at_and_deployed);
	tcase_add_loop_test(tests,
		what_was_begun_is_brought_to_its_end_unless_another_one_is_wanted,
		0, sizeof(BEHIND) / sizeof(*BEHIND));
	tcase_add_test(tests, what_was_not_to_be_seen_is_not_issued_anew);
	tcase_add_test(tests, what_cannot_begin_yet_begins_when_it_can);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
