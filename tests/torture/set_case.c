/* SPDX-License-Identifier: MIT */
#include "set_case.h"

#include "member.h"
#include "set_ending.h"
#include "set_left.h"
#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LIVE "acmed/state/live/" SET_NAME
#define READY 40 /* seconds */
#define WHILE_BROKEN 2
#define UNTIL_DEAD 40
#define UNTIL_WELL 90 /* some things are tried again after a minute */
#define UNAIDED 150
#define SOON 100
#define LEFT_ALONE 100 /* one in so many: it waits for all of that minute */

/* What must hold. */

static void look_at_disk(
	struct set *set, const struct set_case *trial, struct text *why)
{
	unsigned count = 0;

	tree_is_served(set_path(set, "acmed/state"), &count, why);
	if (count == 0 && !streq(trial->goal->from, "empty"))
		text_add(why, "nothing is live any more; ");
	if (access(set_path(set, "out/tls.pem"), F_OK) == 0 &&
		!tree_is_combined(set_path(set, "out"), "tls.pem"))
		text_add(why, "what was exported cannot be served; ");
}

/* The real one, once there is something that it was configured with. */
static void look_at_server(
	struct set *set, const struct set_case *trial, struct text *why)
{
	const char *check = getenv("SERVER_CHECK");

	if (!check || set_case_is_broken(trial) ||
		access(set_path(set, LIVE), F_OK) != 0)
		return;
	set->servers++;
	if (system(check) != 0)
		text_add(why, "the web server would not start; ");
}

/* One order more than without it; of a broken disk the CA hears no more. */
static void count(const struct set_case *trial, const struct set_counts *before,
	struct text *why)
{
	const struct set_goal *goal = trial->goal;
	struct set_counts now = set_count();
	unsigned accounts = now.accounts - before->accounts;
	unsigned most = goal->orders + 1;

	if (accounts > (streq(goal->from, "empty") ? 1 : 0))
		text_addf(why, "%u accounts were made; ", accounts);
	if (set_case_is_broken(trial) && goal->orders)
		most++;
	if (now.orders > most)
		text_addf(why, "%u orders were made; ", now.orders);
}

/* The disturbed run. */

static void arm(struct set *set, const struct set_case *trial)
{
	struct trace *trace = set->trace;

	trace->wish = trial->wish;
	trace->at = trial->at;
	trace->fault = trial->fault;
	trace->goes_on = trial->goes_on;
	trace_arm(trace);
}

static void aim(struct trace *trace, const char *target)
{
	static const struct {
		const char *name;
		enum trace_target target;
		const char *program;
	} TARGETS[] = {
		{"parent", TRACE_ROOT_ALONE, NULL},
		{"loop", TRACE_FIRST_CHILD, NULL},
		{"vault", TRACE_PROGRAM, "acmed-vault"},
		{"hand", TRACE_PROGRAM, "acmed-hand"},
		{"deploy", TRACE_PROGRAM, "acmed-deploy"},
	};

	for (size_t i = 0; i < sizeof(TARGETS) / sizeof(*TARGETS); i++) {
		if (!streq(TARGETS[i].name, target))
			continue;
		trace->target = TARGETS[i].target;
		trace->program = TARGETS[i].program;
	}
}

static void begin(struct set *set, const struct set_goal *goal)
{
	if (goal->begin && set_wait_ready(set, READY))
		goal->begin(set);
}

/* What fails once is over when it has been told; what goes on is given time to
 * do harm. */
static void wait_disturbed(
	struct set *set, const struct set_case *trial, bool is_fatal)
{
	if (is_fatal)
		set_reach(set, trial->goal, UNTIL_DEAD);
	else if (trial->goes_on)
		set_reach(set, trial->goal, WHILE_BROKEN);
	else
		set_settle(set, trial->goal, WHILE_BROKEN);
}

static void disturb(struct set *set, const struct set_case *trial)
{
	const struct set_goal *goal = trial->goal;
	bool is_fatal = !set_case_is_broken(trial) &&
		!set_case_is_helper(trial) && trial->wish != TRACE_COUNT;

	trace_disarm(set->trace);
	set->is_refused = false;
	if (goal->has_start)
		arm(set, trial);
	set_start(set, true);
	if (goal->has_start || goal->has_stop) {
		wait_disturbed(set, trial, is_fatal);
		return;
	}
	if (!set_wait_ready(set, READY))
		return;
	arm(set, trial);
	*set->text = '\0';
	goal->begin(set);
	set->is_refused = *set->text != '\0';
	wait_disturbed(set, trial, is_fatal);
}

/* The vault's disk takes nothing, and not because it was forbidden to. */
static bool has_no_disk(const struct set_case *trial)
{
	const int error = trial->fault->error;

	return streq(trial->target, "vault") &&
		(error == ENOSPC || error == EIO || error == EROFS ||
			error == EDQUOT);
}

/* Until what was under way has failed. */
static bool wait_idle(struct set *set)
{
	time_t end = time(NULL) + UNTIL_DEAD;

	while (set_look(set) && time(NULL) <= end) {
		if (!streq(set_says(set, "action"), "renewing"))
			return true;
		set_pause();
	}
	return false;
}

/* Asked to renew on a broken disk: what it cannot keep it does not order, and
 * without any disk it asks nothing of the CA that the CA would keep. A shower
 * of signals is over by then. */
static void insist(
	struct set *set, const struct set_case *trial, struct text *why)
{
	const struct set_goal *goal = trial->goal;

	if (!set_case_is_broken(trial) || !trial->goes_on ||
		trial->fault->most || !goal->orders || !set_is_there(set) ||
		set_reach(set, goal, 0))
		return;
	bool is_strict = has_no_disk(trial) && wait_idle(set);
	unsigned writes = set_count().writes;
	begin(set, goal);
	set_reach(set, goal, 1);
	struct set_counts now = set_count();
	if (now.orders > goal->orders)
		text_addf(why, "%u orders while it was broken; ", now.orders);
	if (is_strict && now.writes > writes)
		text_addf(why,
			"%u requests that the CA keeps, without a disk; ",
			now.writes - writes);
}

/* Killed on the way to issue or renew: it comes to the end by itself, soon. The
 * others need a second call, for the first was a human's. */
static bool has_own_way(const struct set_case *trial)
{
	return trial->wish == TRACE_KILL && trial->goal->begin &&
		trial->goal->has_start;
}

/* What it would do next, which was just looked at. */
static void look_at_plan(const struct set *set, struct text *why)
{
	static const char *const ACTIONS[] = {"renewing", "deploying", "issue",
		"renew", "placeholder", "switch", "deploy"};
	const char *action = set_says(set, "action");
	bool is_any = false;

	for (size_t i = 0; i < sizeof(ACTIONS) / sizeof(*ACTIONS); i++)
		is_any = is_any || streq(action, ACTIONS[i]);
	if (!is_any || member_time(set->seen, "next") > time(NULL) + SOON)
		text_addf(why, "it would not go on by itself: %s, next %s; ",
			action, set_says(set, "next"));
}

/* A human asks again, so that nothing is waited for: but not always. False:
 * nobody did. */
static bool ask_again(
	struct set *set, const struct set_case *trial, struct text *why)
{
	if (!set_wait_ready(set, READY) || trial->goal->is_reached(set))
		return false;
	if (has_own_way(trial))
		look_at_plan(set, why);
	if (has_own_way(trial) && trial->at % LEFT_ALONE == 0)
		return false;
	begin(set, trial->goal);
	return true;
}

/* The fault has gone: does the same acmed come to the end? */
static void heal(
	struct set *set, const struct set_case *trial, struct text *why)
{
	const struct set_goal *goal = trial->goal;

	if (!set_is_there(set) || set_reach(set, goal, 0))
		return;
	set_ending_listen(set, trial, why);
	/* Who mends rights to files has them read again. */
	if (set_case_is_broken(trial) && trial->fault->error == EACCES)
		set_call(set, "Reload", json_object());
	if (set_reach(set, goal,
		    ask_again(set, trial, why) ? UNTIL_WELL : UNAIDED) ||
		!set_is_there(set))
		return;
	text_addf(why, "it does not heal: %s, %s %.300s; ",
		set_says(set, "state"), set_says(set, "error.text"),
		set_says(set, "deploy.error.text"));
}

static void stop(
	struct set *set, const struct set_case *trial, struct text *why)
{
	if (trial->goal->has_stop)
		arm(set, trial);
	if (!set_stop(set))
		text_add(why, "it does not end when it should; ");
	else
		set_ending_look(set, trial, why);
	trace_disarm(set->trace);
}

/* The next start. */
static void recover(
	struct set *set, const struct set_case *trial, struct text *why)
{
	unsigned seconds;

	set_start(set, false);
	if (!set_wait_ready(set, READY))
		text_add(why, "the next start fails; ");
	seconds = ask_again(set, trial, why) ? UNTIL_WELL : UNAIDED;
	if (!set_reach(set, trial->goal, seconds))
		text_addf(why,
			"the next start does not come to the end: %s, "
			"%s %.300s; ",
			set_says(set, "state"), set_says(set, "error.text"),
			set_says(set, "deploy.error.text"));
	set_stop(set);
	if (set->status != 0)
		text_addf(why, "the next one ended with %d; ", set->status);
}

/* While acmed goes on, a switch may come between two files that are read: what
 * is wrong stays so. */
static void look_at_both(
	struct set *set, const struct set_case *trial, struct text *why)
{
	struct text first = {0};

	look_at_disk(set, trial, &first);
	look_at_server(set, trial, &first);
	if (!first.data)
		return;
	text_clear(&first);
	for (int i = 0; i < 100 && set_is_there(set); i++)
		set_pause();
	look_at_disk(set, trial, why);
	look_at_server(set, trial, why);
}

bool set_case_run(
	struct set *set, const struct set_case *trial, struct text *why)
{
	struct set_counts before;

	set_put_back(set, trial->goal->from);
	set_forget();
	before = set_count();
	aim(set->trace, trial->target);
	disturb(set, trial);
	look_at_both(set, trial, why);
	if (!trial->goal->has_stop) {
		insist(set, trial, why);
		trace_disarm(set->trace);
		heal(set, trial, why);
	}
	set_ending_look_alive(set, trial, why);
	stop(set, trial, why);
	look_at_disk(set, trial, why);
	recover(set, trial, why);
	look_at_disk(set, trial, why);
	set_left_compare(set, trial, why);
	count(trial, &before, why);
	return !why->data;
}
