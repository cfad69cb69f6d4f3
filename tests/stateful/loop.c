/* SPDX-License-Identifier: MIT */
#include "loop.h"

#include "mem.h"
#include "world.h"

/*
 * libev's functions, in the place of the library: no descriptor is ever ready,
 * and who waits does so in the time of the play.
 */

enum kind {
	TIMER,
	PERIODIC,
	IDLE,
	QUIET, /* descriptors, signals and what looks before each wait */
};

struct entry {
	enum kind kind;
	void *watcher; /* borrowed; NULL: stopped */
	uint64_t number; /* first come, first served */
};

struct ev_loop {
	int64_t jumped; /* the last jump of the clock that was seen */
	struct entry *entries;
	size_t count;
	uint64_t last;
};

/* Watchers: `active` is the place in the list, from 1. */

static void start(struct ev_loop *loop, ev_watcher *watcher, enum kind kind)
{
	if (watcher->active)
		return;
	loop->entries = mem_resize(
		loop->entries, loop->count + 1, sizeof(*loop->entries));
	loop->entries[loop->count++] =
		(struct entry){kind, watcher, ++loop->last};
	watcher->active = (int)loop->count;
}

static void stop(struct ev_loop *loop, ev_watcher *watcher)
{
	size_t place = (size_t)watcher->active;

	if (!place)
		return;
	struct entry moved = loop->entries[--loop->count];
	loop->entries[place - 1] = moved;
	((ev_watcher *)moved.watcher)->active = (int)place;
	watcher->active = 0;
}

void ev_timer_start(struct ev_loop *loop, ev_timer *timer)
{
	if (timer->active)
		return;
	timer->at += world_awake();
	start(loop, (ev_watcher *)timer, TIMER);
}

void ev_timer_stop(struct ev_loop *loop, ev_timer *timer)
{
	if (timer->active)
		timer->at -= world_awake();
	stop(loop, (ev_watcher *)timer);
}

void ev_timer_again(struct ev_loop *loop, ev_timer *timer)
{
	stop(loop, (ev_watcher *)timer);
	timer->at = timer->repeat;
	if (timer->repeat > 0)
		ev_timer_start(loop, timer);
}

static void plan_periodic(ev_periodic *periodic)
{
	periodic->at = periodic->reschedule_cb
		? periodic->reschedule_cb(periodic, world_wall())
		: periodic->offset;
}

void ev_periodic_start(struct ev_loop *loop, ev_periodic *periodic)
{
	plan_periodic(periodic);
	start(loop, (ev_watcher *)periodic, PERIODIC);
}

void ev_periodic_stop(struct ev_loop *loop, ev_periodic *periodic)
{
	stop(loop, (ev_watcher *)periodic);
}

void ev_periodic_again(struct ev_loop *loop, ev_periodic *periodic)
{
	ev_periodic_stop(loop, periodic);
	ev_periodic_start(loop, periodic);
}

void ev_idle_start(struct ev_loop *loop, ev_idle *idle)
{
	start(loop, (ev_watcher *)idle, IDLE);
}

void ev_idle_stop(struct ev_loop *loop, ev_idle *idle)
{
	stop(loop, (ev_watcher *)idle);
}

void ev_io_start(struct ev_loop *loop, ev_io *io)
{
	start(loop, (ev_watcher *)io, QUIET);
}

void ev_io_stop(struct ev_loop *loop, ev_io *io)
{
	stop(loop, (ev_watcher *)io);
}

void ev_prepare_start(struct ev_loop *loop, ev_prepare *prepare)
{
	start(loop, (ev_watcher *)prepare, QUIET);
}

void ev_prepare_stop(struct ev_loop *loop, ev_prepare *prepare)
{
	stop(loop, (ev_watcher *)prepare);
}

/* Turns. */

/* Seconds until it is due. */
static double wait_of(const struct entry *entry)
{
	const ev_timer *timer = entry->watcher;
	const ev_periodic *periodic = entry->watcher;

	switch (entry->kind) {
	case TIMER:
		return timer->at - world_awake();
	case PERIODIC:
		return periodic->at - world_wall();
	case IDLE:
		return 1e-9; /* when nothing else is due */
	case QUIET:
		break;
	}
	return 1e18;
}

static const struct entry *first_due(const struct ev_loop *loop, double *wait)
{
	const struct entry *first = NULL;

	*wait = 1e18;
	for (size_t i = 0; i < loop->count; i++) {
		const struct entry *entry = &loop->entries[i];
		double seconds = wait_of(entry);
		seconds = seconds > 0 ? seconds : 0;
		if (seconds > *wait ||
			(first && seconds == *wait &&
				entry->number > first->number))
			continue;
		*wait = seconds;
		first = entry;
	}
	return first;
}

static void fire(struct ev_loop *loop, const struct entry *entry)
{
	ev_watcher *watcher = entry->watcher;
	ev_timer *timer = entry->watcher;
	ev_periodic *periodic = entry->watcher;

	switch (entry->kind) {
	case TIMER:
		stop(loop, watcher);
		timer->at = timer->repeat;
		if (timer->repeat > 0)
			ev_timer_start(loop, timer);
		watcher->cb(loop, watcher, EV_TIMER);
		return;
	case PERIODIC:
		stop(loop, watcher);
		if (periodic->reschedule_cb)
			ev_periodic_start(loop, periodic);
		watcher->cb(loop, watcher, EV_PERIODIC);
		return;
	case IDLE:
		watcher->cb(loop, watcher, EV_IDLE);
		return;
	case QUIET:
		return;
	}
}

double loop_wait(const struct ev_loop *loop)
{
	double wait;

	first_due(loop, &wait);
	return wait;
}

size_t loop_watchers(const struct ev_loop *loop)
{
	return loop->count;
}

/* Dates are looked at again once somebody has set the clock. */
static void see_jump(struct ev_loop *loop)
{
	if (loop->jumped == world_last_jump())
		return;
	loop->jumped = world_last_jump();
	for (size_t i = 0; i < loop->count; i++)
		if (loop->entries[i].kind == PERIODIC)
			plan_periodic(loop->entries[i].watcher);
}

bool loop_turn(struct ev_loop *loop, double longest)
{
	double wait;

	see_jump(loop);
	const struct entry *entry = first_due(loop, &wait);

	if (!entry || wait > longest) {
		world_pass(longest);
		return false;
	}
	world_pass(wait);
	fire(loop, entry);
	return true;
}

/* Life. */

struct ev_loop *ev_loop_new(unsigned flags)
{
	(void)flags;
	return mem_new(sizeof(struct ev_loop));
}

void ev_loop_destroy(struct ev_loop *loop)
{
	free(loop->entries);
	free(loop);
}

ev_tstamp ev_now(struct ev_loop *loop)
{
	(void)loop;
	return world_wall();
}

void ev_now_update(struct ev_loop *loop)
{
	(void)loop;
}
