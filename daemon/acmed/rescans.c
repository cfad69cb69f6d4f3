/* SPDX-License-Identifier: MIT */
#include "rescans.h"

#include "mem.h"

#include <time.h>

#define FIRST_WAIT 60 /* seconds, until the next one by itself */
#define LONGEST_WAIT 3600

struct rescan {
	struct rescan *next;
	void (*on_done)(void *data, const struct intake_result *result);
	void *data;
};

struct rescans {
	struct fleet *fleet;
	struct intake *intake; /* under way, or NULL */
	struct rescan *running; /* who is told when it ends */
	struct rescan *waiting; /* who came while it ran */
	void (*on_end)(void *data, const struct intake_result *result);
	void *data;
	int64_t ended; /* the last one */
	int64_t wait; /* from there to the next one by itself; 0: none */
};

static void push(struct rescan **list,
	void (*on_done)(void *data, const struct intake_result *result),
	void *data)
{
	struct rescan *rescan = mem_new(sizeof(*rescan));

	rescan->on_done = on_done;
	rescan->data = data;
	while (*list)
		list = &(*list)->next;
	*list = rescan;
}

static void tell(struct rescans *rescans, const struct intake_result *result)
{
	while (rescans->running) {
		struct rescan *rescan = rescans->running;
		rescans->running = rescan->next;
		if (rescan->on_done)
			rescan->on_done(rescan->data, result);
		free(rescan);
	}
}

static void set_wait(
	struct rescans *rescans, const struct intake_result *result)
{
	bool is_blind = result->err && result->err->kind == ERROR_LOCAL;

	rescans->ended = time(NULL);
	if (!is_blind && !result->is_unfinished)
		rescans->wait = 0;
	else if (!rescans->wait)
		rescans->wait = FIRST_WAIT;
	else if (rescans->wait < LONGEST_WAIT)
		rescans->wait *= 2;
}

/* Who asks from inside a callback waits, as the next one has to begin after
 * all are told. */
static void on_intake(void *data, const struct intake_result *result)
{
	struct rescans *rescans = data;

	set_wait(rescans, result);
	rescans->on_end(rescans->data, result);
	tell(rescans, result);
	rescans->intake = NULL;
	rescans->running = take(rescans->waiting);
	if (rescans->running)
		rescans->intake =
			intake_start(rescans->fleet, on_intake, rescans);
}

struct rescans *rescans_new(struct fleet *fleet,
	void (*on_end)(void *data, const struct intake_result *result),
	void *data)
{
	struct rescans *rescans = mem_new(sizeof(*rescans));

	rescans->fleet = fleet;
	rescans->on_end = on_end;
	rescans->data = data;
	return rescans;
}

static void free_list(struct rescan *list)
{
	while (list) {
		struct rescan *next = list->next;
		free(list);
		list = next;
	}
}

void rescans_free(struct rescans *rescans)
{
	if (!rescans)
		return;
	intake_cancel(rescans->intake);
	free_list(rescans->running);
	free_list(rescans->waiting);
	free(rescans);
}

void rescans_ask(struct rescans *rescans,
	void (*on_done)(void *data, const struct intake_result *result),
	void *data)
{
	if (rescans->intake) {
		push(&rescans->waiting, on_done, data);
		return;
	}
	push(&rescans->running, on_done, data);
	rescans->intake = intake_start(rescans->fleet, on_intake, rescans);
}

int64_t rescans_look(struct rescans *rescans, int64_t now)
{
	int64_t again = rescans->ended + rescans->wait;

	if (!rescans->wait || rescans->intake)
		return INT64_MAX;
	if (now < again && now >= rescans->ended)
		return again;
	rescans_ask(rescans, NULL, NULL);
	return INT64_MAX;
}

static void forget(struct rescan *list, const void *data)
{
	for (; list; list = list->next)
		if (list->data == data)
			list->on_done = NULL;
}

void rescans_forget(struct rescans *rescans, const void *data)
{
	forget(rescans->running, data);
	forget(rescans->waiting, data);
}

bool rescans_are_running(const struct rescans *rescans)
{
	return rescans->intake != NULL;
}
