/* SPDX-License-Identifier: MIT */
#include "fleet_saving.h"

#include "lineage_state.h"
#include "mem.h"

#include <stdlib.h>

#define DEADLINE 30.0

/* After one that was refused. A change is saved without this wait, and so is
 * all of it at the end: this is for a crash, which is rare, so that a minute is
 * soon enough. It grows, lest fifty thousand states that the disk has no room
 * for keep the vault from all else. */
#define FIRST_WAIT 60.
#define LONGEST_WAIT 3600.

struct fleet_saving {
	struct fleet *fleet; /* borrowed, as the next two */
	struct lineage *lineage;
	struct helper_call *call; /* NULL: it was refused, and waits */
	ev_timer again;
	double wait; /* the next one */
	bool is_outdated; /* the lineage has changed since the call */
};

static struct helper_call *send_state(struct fleet *fleet,
	const struct lineage *lineage,
	void (*on_saved)(
		void *data, const json_t *reply, const struct error *err),
	void *data)
{
	json_t *request = json_pack("{s:s, s:s, s:o}", "verb", "state-save",
		"name", lineage->name, "state", lineage_to_state(lineage));

	return helper_call(fleet->vault, request, DEADLINE, on_saved, data);
}

static void ignore_reply(
	void *data, const json_t *reply, const struct error *err)
{
	(void)data;
	(void)reply;
	(void)err;
}

static void drop(struct lineage *lineage)
{
	struct fleet_saving *saving = take(lineage->saving);

	if (!saving)
		return;
	ev_timer_stop(saving->fleet->loop, &saving->again);
	if (saving->call)
		helper_cancel(saving->call);
	free(saving);
}

/* Its file is gone: the vault knows no such certificate any more. */
static bool is_gone(const struct lineage *lineage, const struct error *err)
{
	return err->kind == ERROR_REFUSED && !lineage->certificate;
}

static void tell_refused(
	struct fleet *fleet, struct lineage *lineage, const struct error *err)
{
	lineage_keep_error(&lineage->unsaved, err); /* maybe another by now */
	if (lineage->refusals++)
		return;
	fleet_tell(fleet, lineage,
		&(struct event){
			.name = "trouble", .priority = LOG_ERR, .err = err},
		"'state/%s.json' cannot be saved, and a crash would forget "
		"what is new, a hold too; it is tried again, mend this: %s",
		lineage->name, err->text);
}

static void tell_saved(struct fleet *fleet, struct lineage *lineage)
{
	if (!lineage->refusals)
		return;
	lineage->refusals = 0;
	free(take(lineage->unsaved));
	fleet_tell(fleet, lineage,
		&(struct event){.name = "well", .priority = LOG_NOTICE},
		"well again: 'state/%s.json' is saved", lineage->name);
}

static void wait_again(struct fleet_saving *saving)
{
	ev_timer_set(&saving->again, saving->wait, 0.);
	ev_timer_start(saving->fleet->loop, &saving->again);
}

static void on_refused(struct fleet_saving *saving, const struct error *err)
{
	if (is_gone(saving->lineage, err)) {
		drop(saving->lineage);
		return;
	}
	wait_again(saving);
	tell_refused(saving->fleet, saving->lineage, err);
}

static void on_kept(void *data, const json_t *reply, const struct error *err)
{
	struct fleet_saving *saving = data;
	struct fleet *fleet = saving->fleet;
	struct lineage *lineage = saving->lineage;

	(void)reply;
	saving->call = NULL;
	if (err) {
		on_refused(saving, err);
		return;
	}
	saving->wait = FIRST_WAIT;
	if (saving->is_outdated)
		fleet_saving_keep(fleet, lineage);
	else
		drop(lineage);
	tell_saved(fleet, lineage);
}

static void on_again(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct fleet_saving *saving = timer->data;

	(void)loop;
	(void)events;
	saving->wait *= 2;
	if (saving->wait > LONGEST_WAIT)
		saving->wait = LONGEST_WAIT;
	fleet_saving_keep(saving->fleet, saving->lineage);
}

static struct fleet_saving *new_saving(
	struct fleet *fleet, struct lineage *lineage)
{
	struct fleet_saving *saving = mem_new(sizeof(*saving));

	saving->fleet = fleet;
	saving->lineage = lineage;
	saving->wait = FIRST_WAIT;
	ev_timer_init(&saving->again, on_again, 0., 0.);
	saving->again.data = saving;
	return saving;
}

void fleet_saving_keep(struct fleet *fleet, struct lineage *lineage)
{
	if (!lineage->saving)
		lineage->saving = new_saving(fleet, lineage);
	struct fleet_saving *saving = lineage->saving;
	saving->is_outdated = saving->call != NULL;
	if (saving->is_outdated)
		return;
	ev_timer_stop(fleet->loop, &saving->again);
	saving->call = send_state(fleet, lineage, on_kept, saving);
}

struct helper_call *fleet_saving_ask(struct fleet *fleet,
	struct lineage *lineage,
	void (*on_saved)(
		void *data, const json_t *reply, const struct error *err),
	void *data)
{
	drop(lineage);
	return send_state(fleet, lineage, on_saved, data);
}

void fleet_saving_end(struct fleet *fleet, struct lineage *lineage)
{
	const struct fleet_saving *saving = lineage->saving;

	if (!saving)
		return;
	if (saving->is_outdated || !saving->call)
		send_state(fleet, lineage, ignore_reply, NULL);
	drop(lineage);
}
