/* SPDX-License-Identifier: MIT */
#include "watch.h"

#include "authority.h"
#include "event.h"
#include "helpers.h"
#include "json.h"
#include "loop.h"
#include "machine.h"
#include "mem.h"
#include "plan.h"
#include "text.h"
#include "world.h"

#define SETTLED 130 /* seconds in which every minute's look has been */
#define LONGEST_SLEEP 70. /* where the clock was set back; else a minute */
#define LONGEST_JOB (8 * DAY) /* awake; an order lives for seven */
#define LONGEST_WAIT (9 * DAY) /* see backoff.h */
#define A_WINDOW (7 * DAY)
#define MOST_WATCHERS 400
#define MOST_CALLS 300
#define MOST_REQUESTS_IN_HOUR 1500

static struct {
	double job_since[SITES]; /* 0: none */
	double settled; /* nothing from outside since */
	bool is_loaded;
} watch;

/* Each turn. */

static bool is_managed(const struct lineage *lineage)
{
	return lineage->certificate && lineage->is_loaded &&
		!lineage->is_retired;
}

/* The last moment that is still safe, had nothing gone wrong. */
static int64_t last_chance(const struct lineage *lineage, int64_t now)
{
	int64_t last = lineage->facts.not_after - plan_slack(lineage) / 2;

	return last < now ? now : last;
}

/* A next moment always exists (N11), and is not later than is safe. */
static void expect_next(const struct lineage *lineage, int64_t now)
{
	struct plan plan = plan_next(lineage, now);

	hold(*plan.why, "%s: nobody knows why", lineage->name);
	if (!is_managed(lineage) || lineage->job != JOB_NONE ||
		plan_is_held(lineage, now))
		return;
	hold(plan.action != PLAN_NOTHING && plan.when < INT64_MAX,
		"%s has no next moment: %s", lineage->name, plan.why);
	int64_t latest = now + LONGEST_WAIT + A_WINDOW;
	if (lineage_has_certificate(lineage) && !lineage->failures &&
		lineage->paced_until <= now)
		latest = last_chance(lineage, now) + HOUR;
	hold(plan.when <= latest, "%s: next in %lld s, latest %lld s: %s",
		lineage->name, (long long)(plan.when - now),
		(long long)(latest - now), plan.why);
}

/* Everything ends some day (I5). */
static void expect_end(size_t site, const struct lineage *lineage)
{
	double now = world_awake();

	if (lineage->job == JOB_NONE)
		watch.job_since[site] = 0;
	else if (watch.job_since[site] <= 0)
		watch.job_since[site] = now;
	else
		hold(now - watch.job_since[site] < (double)LONGEST_JOB,
			"%s: its job does not end", lineage->name);
}

/* The loop wakes up at least once a minute (I7), and nothing piles up. */
static void expect_small(void)
{
	const struct fleet *fleet = &machine.fleet;

	hold(loop_wait(fleet->loop) <= LONGEST_SLEEP,
		"the loop sleeps for %g s", loop_wait(fleet->loop));
	hold(loop_watchers(fleet->loop) < MOST_WATCHERS, "%zu watchers",
		loop_watchers(fleet->loop));
	hold(helpers_busy() < MOST_CALLS, "%u calls", helpers_busy());
	hold(fleet->count <= SITES, "%zu certificates", fleet->count);
	hold(authority_requests_in_hour() < MOST_REQUESTS_IN_HOUR,
		"%u requests in an hour", authority_requests_in_hour());
}

void watch_turn(void)
{
	int64_t now = (int64_t)world_wall();

	if (!machine.is_up || !machine.rescans)
		return;
	if (!watch.is_loaded)
		watch_attempts_restarted();
	watch.is_loaded = true;
	expect_small();
	for (size_t i = 0; i < SITES; i++) {
		const struct lineage *lineage =
			fleet_find(&machine.fleet, machine.sites[i].name);
		if (!lineage)
			continue;
		expect_next(lineage, now);
		expect_end(i, lineage);
		hold(json_array_size(lineage->events) <= LINEAGE_EVENTS,
			"%s has %zu events", lineage->name,
			json_array_size(lineage->events));
	}
}

/* Each step. */

static bool has_troubles(void)
{
	cleanup(json) json_t *told = alert_describe(machine.alert);

	return member_integer_or(told, "troubles", 0) > 0;
}

/* Never silently. */
static void expect_told(const struct lineage *lineage, int64_t now)
{
	bool is_over = lineage->facts.not_after < now - SETTLED;

	if (!lineage_has_certificate(lineage) || !is_managed(lineage) ||
		plan_warn_time(lineage) > now - SETTLED)
		return;
	hold(lineage->notice >= (is_over ? NOTICE_EXPIRED : NOTICE_EXPIRING),
		"%s ends in %lld s, and nobody was told", lineage->name,
		(long long)(lineage->facts.not_after - now));
	hold(has_troubles(), "%s ends in %lld s, and is no trouble",
		lineage->name, (long long)(lineage->facts.not_after - now));
}

/* Who is not well has a reason. */
static void expect_reason(const struct lineage *lineage, int64_t now)
{
	char state[PLAN_STATE_SIZE];

	plan_state(lineage, now, state);
	if (streq(state, "failing"))
		hold(*lineage->err.text || *lineage->deploy.err.text ||
				lineage->waits_for_file,
			"%s fails, and nobody knows why", lineage->name);
	if (lineage_has_certificate(lineage) && lineage->facts.not_after < now)
		hold(!text_starts_with(state, "ok") &&
				!text_starts_with(state, "installed"),
			"%s has expired, and is called '%s'", lineage->name,
			state);
}

void watch_step(void)
{
	int64_t now = (int64_t)world_wall();
	bool is_settled = world_awake() - watch.settled > SETTLED;

	if (!machine.is_up || !machine.rescans)
		return;
	watch_live_step();
	for (size_t i = 0; i < machine.fleet.count; i++) {
		const struct lineage *lineage = machine.fleet.lineages[i];
		expect_reason(lineage, now);
		if (is_settled)
			expect_told(lineage, now);
	}
}

/* The end: nothing is left of the faults. */

static void expect_well(size_t site)
{
	const char *name = machine.sites[site].name;
	const struct lineage *lineage = fleet_find(&machine.fleet, name);
	int64_t now = world_truth();

	hold(lineage != NULL, "%s is gone", name);
	hold(watch_live_end(site) > now, "%s has expired: %s", name,
		plan_next(lineage, now).why);
	hold(!lineage->failures, "%s fails: %s", name, lineage->err.text);
	hold(!lineage->deploy.failures, "%s is not deployed: %s", name,
		lineage->deploy.err.text);
	hold(plan_renewal_time(lineage) + 2 * DAY + A_WINDOW > now,
		"%s is not renewed: %s", name, plan_next(lineage, now).why);
	hold(watch_live_has_names(site), "%s is for other names: %s", name,
		plan_next(lineage, now).why);
}

void watch_end(void)
{
	for (size_t i = 0; i < SITES; i++)
		expect_well(i);
}

/* From outside. */

void watch_excuse(int64_t seconds)
{
	for (size_t i = 0; i < SITES; i++)
		watch_attempts_excuse(i);
	authorities_excuse(seconds);
	patience_forget();
	watch.settled = world_awake();
}

void watch_excuse_site(size_t site)
{
	watch_attempts_excuse(site);
	authorities_excuse(INT64_MAX);
	patience_forget();
	watch.settled = world_awake();
}

void watch_down(bool is_clean)
{
	if (!is_clean)
		authorities_excuse(MINUTE);
	patience_restart(is_clean);
	watch.is_loaded = false;
	watch.settled = world_awake();
	memset(watch.job_since, 0, sizeof(watch.job_since));
}

int64_t watch_next_due(void)
{
	int64_t next = INT64_MAX;

	for (size_t i = 0; i < machine.fleet.count; i++)
		if (machine.fleet.lineages[i]->due < next)
			next = machine.fleet.lineages[i]->due;
	return next;
}

bool watch_is_working(void)
{
	for (size_t i = 0; i < machine.fleet.count; i++)
		if (machine.fleet.lineages[i]->job != JOB_NONE)
			return true;
	return false;
}

void watch_begin(void)
{
	memset(&watch, 0, sizeof(watch));
	watch_attempts_begin();
	watch_live_begin();
	patience_forget();
	machine_on_event = watch_attempts_event;
}
