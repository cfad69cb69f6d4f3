/* SPDX-License-Identifier: MIT */
#include "work.h"

#include "attempt.h"
#include "budget.h"
#include "known_lineage.h"
#include "mem.h"
#include "plan.h"
#include "rollout.h"
#include "suite.h"
#include "turns.h"

#include <check.h>
#include <time.h>

/*
 * More that are due than there is room for, with attempts and rollouts that
 * never come to an end: who begins?
 */

#define CROWD 70
#define LATE CROWD /* behind all of them, with the latest expiry */
#define COUNT (CROWD + 1)

static struct known_lineage known[COUNT];
static struct lineage *lineages[COUNT];
static struct config config;
static struct fleet fleet;
static struct work *work;

/* In the place of others. */

time_t time(time_t *result)
{
	if (result)
		*result = NOW;
	return NOW;
}

struct attempt {
	struct lineage *lineage;
};

struct rollout {
	struct lineage *lineage;
};

struct attempt *attempt_start(struct fleet *in, struct lineage *lineage,
	bool is_dry, void (*on_end)(void *data, const struct error *err),
	void *data)
{
	struct attempt *attempt = mem_new(sizeof(*attempt));

	(void)in;
	(void)is_dry;
	(void)on_end;
	(void)data;
	attempt->lineage = lineage;
	lineage->job = JOB_ISSUE;
	return attempt;
}

struct attempt *attempt_switch(struct fleet *in, struct lineage *lineage,
	void (*on_end)(void *data, const struct error *err), void *data)
{
	return attempt_start(in, lineage, false, on_end, data);
}

void attempt_cancel(struct attempt *attempt)
{
	free(attempt);
}

struct rollout *rollout_start(struct fleet *in, struct lineage *lineage,
	void (*on_end)(void *data, const struct error *err), void *data)
{
	struct rollout *rollout = mem_new(sizeof(*rollout));

	(void)in;
	(void)on_end;
	(void)data;
	rollout->lineage = lineage;
	lineage->job = JOB_DEPLOY;
	return rollout;
}

void rollout_cancel(struct rollout *rollout)
{
	free(rollout);
}

static void on_nothing(void *data)
{
	(void)data;
}

/* The crowd has 80 days left of 90, the late one 20: only that is due. */
static void set_up(void)
{
	static struct snapshot snapshot = {.config = &config, .users = 1};

	config.daemon.max_orders = 20;
	for (int i = 0; i < COUNT; i++) {
		known_lineage_make(
			&known[i], (i == LATE ? 70 : 10) * DAY, 90 * DAY);
		lineages[i] = known[i].lineage;
	}
	fleet = (struct fleet){.loop = ev_loop_new(0),
		.lineages = lineages,
		.count = COUNT,
		.snapshot = &snapshot,
		.budgets = budgets_new()};
	work = work_new(&fleet, on_nothing, on_nothing, NULL);
}

static void tear_down(void)
{
	work_free(work);
	budgets_free(fleet.budgets);
	ev_loop_destroy(fleet.loop);
	for (int i = 0; i < COUNT; i++) {
		strings_clear(&known[i].certificate.challenge.command);
		known_lineage_clear(&known[i]);
	}
}

/* As `schedule` does. */
static void begin_due(void)
{
	size_t count;

	for (int i = 0; i < COUNT; i++) {
		struct plan plan = plan_next(lineages[i], NOW);
		lineages[i]->due =
			plan.action == PLAN_NOTHING ? INT64_MAX : plan.when;
	}
	cleanup(memory) void *owned = turns_new(&fleet, NOW, &count);
	const struct turn *turns = owned;
	for (size_t i = 0; i < count; i++)
		work_begin(work, turns[i].lineage);
}

static void expect(enum lineage_job job, unsigned crowd)
{
	unsigned count = 0;

	begin_due();
	for (int i = 0; i < CROWD; i++)
		count += lineages[i]->job == job;
	ck_assert_uint_eq(count, crowd);
}

static void deploy_again(struct lineage *lineage)
{
	lineage->deploy.step = DEPLOY_VERIFY;
	lineage->deploy.failures = 7;
	lineage->deploy.next = NOW - 1;
}

static void renew(int i, int64_t left)
{
	lineages[i]->facts.not_before = NOW + left - 90 * DAY;
	lineages[i]->facts.not_after = NOW + left;
}

static void use_command(int i, char *command, int64_t concurrency)
{
	struct config_challenge *challenge = &known[i].certificate.challenge;

	challenge->solver = SOLVER_EXEC;
	challenge->concurrency = concurrency;
	strings_clear(&challenge->command);
	strings_add(&challenge->command, command);
}

START_TEST(deployments_that_are_tried_again_leave_room_for_a_renewal)
{
	for (int i = 0; i < CROWD; i++)
		deploy_again(lineages[i]);
	expect(JOB_DEPLOY, 16);
	ck_assert_int_eq(lineages[LATE]->job, JOB_ISSUE);
}
END_TEST

START_TEST(a_first_deployment_waits_for_none_that_is_tried_again)
{
	for (int i = 0; i < CROWD; i++)
		deploy_again(lineages[i]);
	lineages[LATE]->deploy.step = DEPLOY_EXPORT;
	lineages[LATE]->deploy.deadline = NOW + 20 * DAY;
	begin_due();
	ck_assert_int_eq(lineages[LATE]->job, JOB_DEPLOY);
}
END_TEST

static char hook[] = "/usr/local/bin/hook";
static char another[] = "/usr/local/bin/another";

static void crowd_with_command(int64_t concurrency)
{
	for (int i = 0; i < CROWD; i++) {
		renew(i, 10 * DAY);
		use_command(i, hook, concurrency);
	}
}

START_TEST(who_waits_for_one_program_leaves_room_for_those_that_do_not)
{
	crowd_with_command(0);
	expect(JOB_ISSUE, 10);
	ck_assert_int_eq(lineages[LATE]->job, JOB_ISSUE);
}
END_TEST

START_TEST(each_program_has_a_share_of_its_own)
{
	crowd_with_command(0);
	use_command(LATE, another, 0);
	expect(JOB_ISSUE, 10);
	ck_assert_int_eq(lineages[LATE]->job, JOB_ISSUE);
}
END_TEST

START_TEST(a_program_that_may_run_more_often_has_the_larger_share)
{
	crowd_with_command(30);
	expect(JOB_ISSUE, 30);
}
END_TEST

START_TEST(the_least_share_is_one)
{
	config.daemon.max_orders = 1;
	crowd_with_command(0);
	expect(JOB_ISSUE, 1);
}
END_TEST

START_TEST(who_waits_at_a_terminal_has_room)
{
	crowd_with_command(0);
	for (int i = 0; i < CROWD; i++)
		lineages[i]->is_forced = i % 4 == 0;
	lineages[1]->watchers = 1;
	expect(JOB_ISSUE, 19);
}
END_TEST

static void crowd_of_all_dates(void)
{
	for (int i = 0; i < CROWD; i++)
		renew(i, (1 + i * 31 % 19) * DAY);
}

START_TEST(where_there_is_not_room_for_all_the_latest_expiry_waits)
{
	crowd_of_all_dates();
	expect(JOB_ISSUE, 64);
	ck_assert_int_eq(lineages[LATE]->job, JOB_NONE);
}
END_TEST

START_TEST(the_earliest_expiry_has_room_wherever_it_stands)
{
	crowd_of_all_dates();
	renew(LATE, DAY / 4);
	expect(JOB_ISSUE, 63);
	ck_assert_int_eq(lineages[LATE]->job, JOB_ISSUE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("work");
	TCase *tests = tcase_create("work");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests,
		deployments_that_are_tried_again_leave_room_for_a_renewal);
	tcase_add_test(
		tests, a_first_deployment_waits_for_none_that_is_tried_again);
	tcase_add_test(tests,
		who_waits_for_one_program_leaves_room_for_those_that_do_not);
	tcase_add_test(tests, each_program_has_a_share_of_its_own);
	tcase_add_test(
		tests, a_program_that_may_run_more_often_has_the_larger_share);
	tcase_add_test(tests, the_least_share_is_one);
	tcase_add_test(tests, who_waits_at_a_terminal_has_room);
	tcase_add_test(
		tests, where_there_is_not_room_for_all_the_latest_expiry_waits);
	tcase_add_test(tests, the_earliest_expiry_has_room_wherever_it_stands);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
