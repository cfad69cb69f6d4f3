/* SPDX-License-Identifier: MIT */
#include "rehearsal.h"

#include "mem.h"
#include "path_book.h"
#include "rehearsal_machine.h"
#include "rehearsal_run.h"
#include "rehearsal_time.h"

#include <time.h>

#define PACE 0.2 /* seconds between two probes */
#define MOST_RUNS 32
#define AFTER_START 60 /* seconds of rest */
/* A CA is told of at its second miss, and that is to be within a day. */
#define MACHINE_PERIOD (REHEARSAL_DAY / 2)
#define STUCK_PAUSE 240 /* seconds between two looks */

struct place {
	struct place *next;
	struct rehearsal_run *run; /* owned */
};

struct rehearsal {
	struct fleet *fleet;
	struct place *places; /* runs under way */
	unsigned count;
	struct rehearsal_machine *machine; /* owned */
	int64_t rest; /* until then */
	ev_timer pace;
};

static void drop(struct rehearsal *rehearsal, struct place **link)
{
	struct place *place = *link;

	*link = place->next;
	rehearsal->count--;
	rehearsal_run_free(place->run);
	free(place);
}

static void on_end(void *data, struct rehearsal_run *run)
{
	struct rehearsal *rehearsal = data;
	struct place **link = &rehearsal->places;

	while ((*link)->run != run)
		link = &(*link)->next;
	drop(rehearsal, link);
	if (!rehearsal->places)
		ev_timer_stop(rehearsal->fleet->loop, &rehearsal->pace);
}

/* One probe, of the first that has one to begin. */
static void on_pace(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct rehearsal *rehearsal = timer->data;

	(void)loop;
	(void)events;
	for (struct place *p = rehearsal->places; p; p = p->next)
		if (rehearsal_run_step(p->run))
			return;
}

static void begin(struct rehearsal *rehearsal, struct lineage *lineage,
	bool writes_records, bool is_quick)
{
	struct place *place = mem_new(sizeof(*place));
	struct place **link = &rehearsal->places;

	lineage->is_walked = true;
	place->run = rehearsal_run_start(&(struct rehearsal_run_wish){
		.fleet = rehearsal->fleet,
		.lineage = lineage,
		.writes_records = writes_records,
		.is_quick = is_quick,
		.on_end = on_end,
		.data = rehearsal,
	});
	while (*link)
		link = &(*link)->next;
	*link = place;
	rehearsal->count++;
	if (!ev_is_active(&rehearsal->pace))
		ev_timer_again(rehearsal->fleet->loop, &rehearsal->pace);
}

/* When. */

static bool can_walk(const struct lineage *lineage)
{
	return rehearsal_run_is_for(lineage) && !lineage->is_walked &&
		lineage->job == JOB_NONE;
}

static int64_t period_of(const struct rehearsal *rehearsal)
{
	const struct snapshot *snapshot = rehearsal->fleet->snapshot;

	if (!rehearsal->fleet->outlook)
		return 0;
	switch (snapshot ? snapshot->config->daemon.rehearse : REHEARSE_NO) {
	case REHEARSE_DAILY:
		return REHEARSAL_DAY;
	case REHEARSE_WEEKLY:
		return REHEARSAL_WEEK;
	case REHEARSE_NO:
		break;
	}
	return 0;
}

/* The attempt walks by itself when its time comes. */
static bool is_stuck(const struct lineage *lineage, int64_t now)
{
	return path_book_is_stuck(lineage) &&
		lineage->not_before > now + STUCK_PAUSE;
}

static int64_t due_of(const struct rehearsal *rehearsal,
	struct lineage *lineage, int64_t period, int64_t now)
{
	if (!period || !can_walk(lineage))
		return INT64_MAX;
	if (!lineage->rehearsed || lineage->rehearsed > now)
		lineage->rehearsed = now;
	if (is_stuck(lineage, now))
		return lineage->rehearsed + STUCK_PAUSE;
	int64_t due = rehearsal_next(lineage->rehearsed, lineage->seed, period);
	return due > rehearsal->rest ? due : rehearsal->rest;
}

int64_t rehearsal_look(struct rehearsal *rehearsal, int64_t now)
{
	const struct fleet *fleet = rehearsal->fleet;
	int64_t period = period_of(rehearsal);
	int64_t next = INT64_MAX;

	if (period)
		next = rehearsal_machine_look(
			rehearsal->machine, MACHINE_PERIOD, now);
	for (size_t i = 0; period && i < fleet->count; i++) {
		struct lineage *lineage = fleet->lineages[i];
		int64_t due = due_of(rehearsal, lineage, period, now);
		bool records = lineage->recorded < now - REHEARSAL_WEEK;
		if (due <= now && rehearsal->count < MOST_RUNS)
			begin(rehearsal, lineage,
				records && !is_stuck(lineage, now),
				is_stuck(lineage, now));
		else if (due > now && due < next)
			next = due;
	}
	return next;
}

struct rehearsal *rehearsal_new(struct fleet *fleet)
{
	struct rehearsal *rehearsal = mem_new(sizeof(*rehearsal));

	rehearsal->fleet = fleet;
	rehearsal->machine = rehearsal_machine_new(fleet);
	rehearsal->rest = time(NULL) + AFTER_START;
	ev_init(&rehearsal->pace, on_pace);
	rehearsal->pace.repeat = PACE;
	rehearsal->pace.data = rehearsal;
	return rehearsal;
}

void rehearsal_free(struct rehearsal *rehearsal)
{
	if (!rehearsal)
		return;
	while (rehearsal->places)
		drop(rehearsal, &rehearsal->places);
	rehearsal_machine_free(rehearsal->machine);
	ev_timer_stop(rehearsal->fleet->loop, &rehearsal->pace);
	free(rehearsal);
}
