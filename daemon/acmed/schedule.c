/* SPDX-License-Identifier: MIT */
#include "schedule.h"

#include "account_care.h"
#include "ari.h"
#include "budget.h"
#include "clock_watch.h"
#include "config_trouble.h"
#include "mem.h"
#include "notices.h"
#include "orphans.h"
#include "patrol.h"
#include "plan.h"
#include "rehearsal.h"
#include "rescans.h"
#include "retirement.h"
#include "starts.h"
#include "status_line.h"
#include "tally.h"
#include "troubles.h"
#include "turns.h"

#include <time.h>

#define LONGEST_SLEEP 60
#define SLACK 2. /* by which the loop's time may be behind */

struct schedule {
	struct fleet *fleet;
	struct work *work;
	struct rescans *rescans;
	struct orphans *orphans;
	struct retirements *retirements;
	struct patrol *patrol;
	struct ari *ari;
	struct account_care *care;
	struct rehearsal *rehearsal;
	struct starts *starts;
	struct clock_watch clocks;
	ev_periodic clock; /* the earliest due time, or a minute */
	int64_t next; /* the same */
	ev_timer look; /* looks at what is due, from the loop */
	int64_t last_minute;
	void (*on_minute)(void *data);
	void *data;
};

/* Due times. */

static void look_soon(struct schedule *schedule)
{
	if (!ev_is_active(&schedule->look))
		ev_timer_start(schedule->fleet->loop, &schedule->look);
}

static void on_change(void *data, struct lineage *lineage)
{
	struct schedule *schedule = data;
	int64_t now = time(NULL);

	orphans_look(schedule->orphans, lineage, now);
	retirements_look(schedule->retirements, lineage, now);
	patrol_look(schedule->patrol, lineage, now);
	notices_look(schedule->fleet, lineage, now);
	troubles_look(schedule->fleet, lineage, now);
	struct plan plan = plan_next(lineage, now);
	lineage->due = plan.action == PLAN_NOTHING ? INT64_MAX : plan.when;
	look_soon(schedule);
}

static void on_free(void *data)
{
	look_soon(data);
}

static void on_doubt(void *data)
{
	const struct schedule *schedule = data;

	rescans_ask(schedule->rescans, NULL, NULL);
}

/* A window or a hold that ends moves a due time without an event of its own,
 * so every one is computed anew each minute. A minute that a clock was ahead
 * for has not been yet. */
static void refresh(struct schedule *schedule, int64_t now)
{
	struct fleet *fleet = schedule->fleet;
	bool is_past = schedule->last_minute && schedule->last_minute <= now;

	for (size_t i = 0; i < fleet->count; i++) {
		struct lineage *lineage = fleet->lineages[i];
		if (is_past &&
			plan_is_forgotten(lineage, schedule->last_minute))
			notices_forgotten(fleet, lineage);
		on_change(schedule, lineage);
	}
}

static int64_t begin_due(struct schedule *schedule, int64_t now)
{
	const struct fleet *fleet = schedule->fleet;
	int64_t next = now + LONGEST_SLEEP;
	size_t count;
	cleanup(memory) void *owned = turns_new(fleet, now, &count);
	const struct turn *turns = owned;

	for (size_t i = 0; i < count; i++)
		if (work_begin(schedule->work, turns[i].lineage))
			turns[i].lineage->due = INT64_MAX;
	for (size_t i = 0; i < fleet->count; i++)
		if (fleet->lineages[i]->due > now &&
			fleet->lineages[i]->due < next)
			next = fleet->lineages[i]->due;
	return next;
}

static void tell_minute(struct schedule *schedule, int64_t now)
{
	bool is_new = now < schedule->last_minute ||
		now >= schedule->last_minute + LONGEST_SLEEP;

	if (is_new) {
		refresh(schedule, now);
		schedule->last_minute = now;
		starts_look(schedule->starts);
		clock_watch_look(&schedule->clocks, schedule->fleet);
	}
	schedule->on_minute(schedule->data);
}

/* A rescan may take longer than the watchdog waits; a vault that hangs ends it
 * (intake.c). Before the end of the first one nobody is told. */
static void tell_meanwhile(struct schedule *schedule)
{
	if (schedule->last_minute)
		schedule->on_minute(schedule->data);
}

/* Asked again when somebody has set the clock: a date that is further away than
 * any was planned by another one, and is not waited for. */
static ev_tstamp next_look(ev_periodic *clock, ev_tstamp now)
{
	const struct schedule *schedule = clock->data;
	double next = (double)schedule->next;

	if (next > now + LONGEST_SLEEP + SLACK)
		return now + 1.;
	return next > now ? next : now;
}

static void sleep_until(struct schedule *schedule, int64_t next)
{
	schedule->next = next;
	ev_periodic_again(schedule->fleet->loop, &schedule->clock);
}

static void on_look(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct schedule *schedule = timer->data;
	int64_t now = time(NULL);

	(void)loop;
	(void)events;
	if (rescans_are_running(schedule->rescans)) {
		tell_meanwhile(schedule);
		return;
	}
	int64_t next = begin_due(schedule, now);
	int64_t question = ari_look(schedule->ari, now);
	if (question < next)
		next = question;
	int64_t rescan = rescans_look(schedule->rescans, now);
	if (rescan < next)
		next = rescan;
	int64_t rehearsed = rehearsal_look(schedule->rehearsal, now);
	if (rehearsed < next)
		next = rehearsed;
	sleep_until(schedule, next);
	tell_minute(schedule, now);
}

static void on_clock(struct ev_loop *loop, ev_periodic *clock, int events)
{
	struct schedule *schedule = clock->data;

	(void)events;
	sleep_until(schedule, (int64_t)ev_now(loop) + LONGEST_SLEEP);
	look_soon(schedule);
}

void schedule_wake(struct schedule *schedule)
{
	look_soon(schedule);
}

/* Rescans. */

static void tell_each(struct schedule *schedule, const struct event *event,
	const struct strings *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		events_emit(
			schedule->fleet->events, event, "%s", texts->items[i]);
}

static void tell_mistakes(
	struct schedule *schedule, const struct mistakes *mistakes)
{
	tell_each(schedule,
		&(struct event){.name = "config-rejected", .priority = LOG_ERR},
		&mistakes->list);
	tell_each(schedule,
		&(struct event){
			.name = "config-doubted", .priority = LOG_WARNING},
		&mistakes->advice);
}

static void tell_as_configured(struct fleet *fleet)
{
	if (fleet->snapshot)
		alert_configure(fleet->alert, &fleet->snapshot->config->daemon);
}

static void on_intake(void *data, const struct intake_result *result)
{
	struct schedule *schedule = data;

	work_restart_outdated(schedule->work);
	tell_mistakes(schedule, result->mistakes);
	tally_rescan(schedule->fleet->tally,
		result->err || result->mistakes->list.count ? TALLY_REJECTED
							    : TALLY_ACCEPTED);
	if (!result->err)
		account_care_look(schedule->care);
	tell_as_configured(schedule->fleet);
	config_trouble_note(schedule->fleet->alert, result);
	troubles_sweep(schedule->fleet);
	refresh(schedule, time(NULL));
	look_soon(schedule);
}

void schedule_rescan(struct schedule *schedule,
	void (*on_done)(void *data, const struct intake_result *result),
	void *data)
{
	rescans_ask(schedule->rescans, on_done, data);
}

void schedule_forget_rescan(struct schedule *schedule, void *data)
{
	rescans_forget(schedule->rescans, data);
}

/* Life. */

struct schedule *schedule_new(
	struct fleet *fleet, void (*on_minute)(void *data), void *data)
{
	struct schedule *schedule = mem_new(sizeof(*schedule));

	schedule->fleet = fleet;
	schedule->on_minute = on_minute;
	schedule->data = data;
	schedule->work = work_new(fleet, on_free, on_doubt, schedule);
	schedule->orphans = orphans_new(fleet);
	schedule->retirements = retirements_new(fleet);
	schedule->patrol = patrol_new(fleet);
	schedule->rescans = rescans_new(fleet, on_intake, schedule);
	schedule->ari = ari_new(fleet);
	fleet->budgets = budgets_new();
	schedule->care = account_care_new(fleet);
	schedule->rehearsal = rehearsal_new(fleet);
	schedule->starts = starts_new(fleet);
	fleet->on_change = on_change;
	fleet->data = schedule;
	ev_timer_init(&schedule->look, on_look, 0., 0.);
	schedule->look.data = schedule;
	ev_periodic_init(&schedule->clock, on_clock, 0., 0., next_look);
	schedule->clock.data = schedule;
	return schedule;
}

void schedule_free(struct schedule *schedule)
{
	if (!schedule)
		return;
	schedule->fleet->on_change = NULL;
	ari_free(schedule->ari);
	rehearsal_free(schedule->rehearsal);
	starts_free(schedule->starts);
	budgets_free(take(schedule->fleet->budgets));
	work_free(schedule->work);
	rescans_free(schedule->rescans);
	orphans_free(schedule->orphans);
	retirements_free(schedule->retirements);
	patrol_free(schedule->patrol);
	account_care_free(schedule->care);
	fleet_flush(schedule->fleet);
	ev_timer_stop(schedule->fleet->loop, &schedule->look);
	ev_periodic_stop(schedule->fleet->loop, &schedule->clock);
	free(schedule);
}

const char *schedule_status_line(const struct schedule *schedule)
{
	static char line[STATUS_LINE_SIZE];

	status_line(schedule->fleet, time(NULL), line);
	return line;
}

struct fleet *schedule_fleet(struct schedule *schedule)
{
	return schedule->fleet;
}

struct work *schedule_work(struct schedule *schedule)
{
	return schedule->work;
}
