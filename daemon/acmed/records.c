/* SPDX-License-Identifier: MIT */
#include "records.h"

#include "json.h"
#include "mem.h"
#include "record_run.h"
#include "text.h"

#define MOST_BUSY 16 /* updates at a time */
#define DEFAULT_PATIENCE (15 * 60)
#define SWEEP_PAUSE 3600.
#define VAULT_DEADLINE 30.
#define LISTED 100 /* by the vault: there may be more */

/* Turns. */

/* The same value must not be added while it is removed, nor removed while
 * another certificate's order shows it (the CA gives two orders of one account
 * one authorization). */
static bool has_turn(const struct record_run *run)
{
	const struct record_run *other;

	TAILQ_FOREACH(other, &run->records->runs, entry)
	{
		if (other == run || !streq(other->value, run->value))
			continue;
		if (run->state == RECORD_IS_DUE
				? other->state < RECORD_IS_DUE
				: other->state == RECORD_REMOVES)
			return false;
	}
	return true;
}

static unsigned count_busy(const struct records *records)
{
	const struct record_run *run;
	unsigned busy = 0;

	TAILQ_FOREACH(run, &records->runs, entry)
	busy += record_run_is_busy(run);
	return busy;
}

static void on_turns(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct records *records = timer->data;
	struct record_run *next;
	unsigned busy = count_busy(records);

	(void)loop;
	(void)events;
	for (struct record_run *run = TAILQ_FIRST(&records->runs);
		run && busy < MOST_BUSY; run = next) {
		next = TAILQ_NEXT(run, entry);
		if ((run->state != RECORD_WAITS &&
			    run->state != RECORD_IS_DUE) ||
			!has_turn(run))
			continue;
		record_run_start(run);
		busy++;
	}
}

static struct record_run *add_run(
	struct records *records, enum record_state state)
{
	struct record_run *run = mem_new(sizeof(*run));

	run->records = records;
	TAILQ_INSERT_TAIL(&records->runs, run, entry);
	record_run_queue(run, state);
	return run;
}

struct record_run *records_present(struct records *records,
	const char *certificate, const struct config_challenge *settings,
	const struct challenge *answer,
	void (*on_end)(void *data, const struct error *err), void *data)
{
	struct record_run *run = add_run(records, RECORD_WAITS);

	run->certificate = mem_string(certificate);
	run->identifier = mem_string(answer->identifier.value);
	run->server = mem_string(settings->server);
	run->port = settings->server_port;
	run->zone = mem_string(settings->zone);
	run->name = mem_string(answer->record_name);
	run->value = mem_string(answer->record_value);
	run->is_persistent = answer->type == CHALLENGE_DNS_PERSIST_01;
	run->patience = (double)(settings->timeout ? settings->timeout
						   : DEFAULT_PATIENCE);
	run->on_end = on_end;
	run->data = data;
	return run;
}

/* Leftovers. */

bool records_know(const struct records *records, const char *value)
{
	const struct record_run *run;

	TAILQ_FOREACH(run, &records->runs, entry)
	if (streq(run->value, value))
		return true;
	return false;
}

static void remove_leftover(struct records *records, const json_t *left)
{
	const char *value = member_string_or(left, "value", "");

	if (records_know(records, value))
		return;
	struct record_run *run = add_run(records, RECORD_IS_DUE);
	run->certificate = mem_string(member_string_or(left, "name", ""));
	run->identifier = mem_string(member_string_or(left, "identifier", ""));
	run->server = mem_string(member_string_or(left, "server", ""));
	run->port = (uint16_t)member_integer_or(left, "port", 0);
	run->zone = mem_string(member_string_or(left, "zone", ""));
	run->name = mem_string(member_string_or(left, "record", ""));
	run->value = mem_string(value);
}

static void on_leftovers(
	void *data, const json_t *reply, const struct error *err)
{
	struct records *records = data;
	const json_t *list = json_object_get(reply, "records");
	size_t count = json_array_size(list);

	records->call = NULL;
	if (err) {
		records->listener.on_trouble(records->listener.data, NULL, err);
		return;
	}
	for (size_t i = 0; i < count; i++)
		remove_leftover(records, json_array_get(list, i));
	if (count >= LISTED)
		ev_timer_start(records->tools.loop, &records->again);
}

void records_sweep(struct records *records)
{
	ev_timer_stop(records->tools.loop, &records->again);
	if (!records->call)
		records->call = helper_call(records->tools.vault,
			json_pack("{s:s}", "verb", "dns-leftovers"),
			VAULT_DEADLINE, on_leftovers, records);
}

static void on_again(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	records_sweep(timer->data);
}

/* All of them. */

struct records *records_new(
	const struct dns_tools *tools, const struct records_listener *listener)
{
	struct records *records = mem_new(sizeof(*records));

	records->tools = *tools;
	records->listener = *listener;
	TAILQ_INIT(&records->runs);
	ev_timer_init(&records->turns, on_turns, 0., 0.);
	ev_timer_init(&records->again, on_again, SWEEP_PAUSE, 0.);
	records->turns.data = records->again.data = records;
	return records;
}

void records_free(struct records *records)
{
	if (!records)
		return;
	while (!TAILQ_EMPTY(&records->runs))
		record_run_free(TAILQ_FIRST(&records->runs));
	if (records->call)
		helper_cancel(records->call);
	ev_timer_stop(records->tools.loop, &records->turns);
	ev_timer_stop(records->tools.loop, &records->again);
	free(records);
}
