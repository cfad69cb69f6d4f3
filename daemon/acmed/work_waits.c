/* SPDX-License-Identifier: MIT */
#include "work_waits.h"

#include "mem.h"

struct work_wait {
	struct work_wait *next;
	struct work_waits *waits;
	struct lineage *lineage;
	bool is_ready;
	struct error err; /* kind NONE: it went well */
	void (*on_idle)(
		void *data, struct lineage *lineage, const struct error *err);
	void *data;
};

struct work_waits {
	struct ev_loop *loop; /* borrowed */
	struct work_wait *first; /* owned */
	ev_timer tell; /* who waits is told from here */
};

static void wake(struct work_waits *waits)
{
	if (!ev_is_active(&waits->tell))
		ev_timer_start(waits->loop, &waits->tell);
}

void work_waits_end(struct work_waits *waits, const struct lineage *lineage,
	const struct error *err)
{
	for (struct work_wait *w = waits->first; w; w = w->next) {
		if (w->lineage != lineage || w->is_ready)
			continue;
		w->is_ready = true;
		w->err = err ? *err : (struct error){0};
	}
	wake(waits);
}

static struct work_wait *first_ready(const struct work_waits *waits)
{
	for (struct work_wait *w = waits->first; w; w = w->next)
		if (w->is_ready)
			return w;
	return NULL;
}

static void on_tell(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct work_waits *waits = timer->data;
	struct work_wait *wait;

	(void)loop;
	(void)events;
	while ((wait = first_ready(waits))) {
		struct work_wait told = *wait;
		bool is_fine = told.err.kind == ERROR_NONE;
		work_forget(wait);
		told.on_idle(
			told.data, told.lineage, is_fine ? NULL : &told.err);
	}
}

struct work_wait *work_waits_add(struct work_waits *waits,
	struct lineage *lineage,
	void (*on_idle)(
		void *data, struct lineage *lineage, const struct error *err),
	void *data)
{
	struct work_wait *wait = mem_new(sizeof(*wait));

	wait->waits = waits;
	wait->lineage = lineage;
	wait->on_idle = on_idle;
	wait->data = data;
	wait->next = waits->first;
	waits->first = wait;
	lineage->watchers++;
	if (lineage->job == JOB_NONE) {
		wait->is_ready = true;
		wake(waits);
	}
	return wait;
}

void work_forget(struct work_wait *wait)
{
	struct work_wait **link = &wait->waits->first;

	while (*link != wait)
		link = &(*link)->next;
	*link = wait->next;
	wait->lineage->watchers--;
	free(wait);
}

struct work_waits *work_waits_new(struct ev_loop *loop)
{
	struct work_waits *waits = mem_new(sizeof(*waits));

	waits->loop = loop;
	ev_timer_init(&waits->tell, on_tell, 0., 0.);
	waits->tell.data = waits;
	return waits;
}

void work_waits_free(struct work_waits *waits)
{
	while (waits->first)
		work_forget(waits->first);
	ev_timer_stop(waits->loop, &waits->tell);
	free(waits);
}
