/* SPDX-License-Identifier: MIT */
#include "record_run.h"

#include "dns_lookup.h"
#include "mem.h"
#include "text.h"

#define VALUE_MAX 1024

void record_run_free(struct record_run *run)
{
	TAILQ_REMOVE(&run->records->runs, run, entry);
	dns_alias_cancel(run->alias);
	dns_call_cancel(run->call);
	dns_change_cancel(run->change);
	dns_spread_cancel(run->spread);
	free(run->certificate);
	free(run->identifier);
	free(run->server);
	free(run->zone);
	free(run->name);
	free(run->value);
	free(run);
}

void record_run_queue(struct record_run *run, enum record_state state)
{
	struct records *records = run->records;

	run->state = state;
	TAILQ_REMOVE(&records->runs, run, entry);
	TAILQ_INSERT_TAIL(&records->runs, run, entry);
	ev_timer_start(records->tools.loop, &records->turns);
}

bool record_run_is_busy(const struct record_run *run)
{
	return run->state == RECORD_LOOKS || run->state == RECORD_FOLLOWS ||
		run->state == RECORD_ADDS || run->state == RECORD_REMOVES;
}

static void change(struct record_run *run, enum record_state state,
	void (*on_end)(void *data, const char *zone, const struct error *err))
{
	run->state = state;
	run->change = dns_change_start(&(struct dns_change_wish){
		.tools = &run->records->tools,
		.certificate = run->certificate,
		.identifier = run->identifier,
		.server = run->server,
		.port = run->port,
		.zone = run->zone,
		.record = run->name,
		.value = run->value,
		.is_removal = state == RECORD_REMOVES,
		.on_end = on_end,
		.data = run,
	});
}

/* What stands at the name, by the server that is written to. */
static void ask_server(struct record_run *run,
	void (*on_end)(void *data, const unsigned char *reply, size_t length,
		const struct error *err))
{
	struct dns_message message;

	run->question = (struct dns_question){
		.id = dns_lookup_number(),
		.type = DNS_TYPE_TXT,
		.name = run->name,
	};
	dns_question_write(&run->question, &message, NULL);
	run->call = dns_call_start(&(struct dns_call_wish){
		.tools = &run->records->tools,
		.server = run->server,
		.port = run->port,
		.message = message.bytes,
		.length = message.length,
		.on_end = on_end,
		.data = run,
	});
}

/* Its slot is free for another one. */
static void give_turn(const struct record_run *run)
{
	ev_timer_start(run->records->tools.loop, &run->records->turns);
}

/* Remove. */

static void on_removed(void *data, const char *zone, const struct error *err)
{
	struct record_run *run = data;
	struct records *records = run->records;

	(void)zone;
	run->change = NULL;
	give_turn(run);
	if (err)
		ev_timer_start(records->tools.loop, &records->again);
	if (err && run->is_there)
		records->listener.on_trouble(
			records->listener.data, run->certificate, err);
	record_run_free(run);
}

/* Present: follow, look, add, spread. */

static void end_present(struct record_run *run, const struct error *err)
{
	run->state = RECORD_IS_PRESENT;
	give_turn(run);
	if (!run->is_unwanted)
		run->on_end(run->data, err);
	else if (run->may_be_there)
		record_run_queue(run, RECORD_IS_DUE);
	else
		record_run_free(run);
}

static void on_wait(void *data, const struct error *err)
{
	const struct record_run *run = data;
	const struct records_listener *listener = &run->records->listener;

	listener->on_wait(listener->data, run->certificate, err);
}

/* What others have left at the name. */

/* A name and its wildcard have one name of a record: it is told of once. */
static bool is_first_of_name(const struct record_run *run)
{
	const struct record_run *other;

	TAILQ_FOREACH(other, &run->records->runs, entry)
	{
		if (other == run)
			break;
		if (other->state < RECORD_IS_DUE &&
			streq(other->name, run->name) &&
			streq(other->certificate, run->certificate))
			return false;
	}
	return true;
}

static unsigned count_others(
	const struct record_run *run, struct dns_answer *answer)
{
	struct dns_record record;
	char text[VALUE_MAX];
	unsigned count = 0;

	while (dns_answer_next(answer, DNS_TYPE_TXT, &record))
		if (!dns_answer_text(answer, &record, text, sizeof(text)) ||
			!records_know(run->records, text))
			count++;
	return count;
}

static void on_others(void *data, const unsigned char *reply, size_t length,
	const struct error *failed)
{
	struct record_run *run = data;
	const struct records_listener *listener = &run->records->listener;
	struct dns_answer answer;
	struct error err;

	run->call = NULL;
	if (failed ||
		!dns_answer_open(&answer, reply, length, &run->question, NULL))
		return;
	unsigned count = count_others(run, &answer);
	if (!count || !is_first_of_name(run))
		return;
	fail_cause(&err, ERROR_VALIDATION, "D3",
		"'%s' has %u TXT value%s on the name server '%s' that acmed "
		"did not write and does not remove",
		run->name, count, count == 1 ? "" : "s", run->server);
	listener->on_others(listener->data, run->certificate, &err);
}

static void on_spread(void *data, const struct error *err)
{
	struct record_run *run = data;

	run->spread = NULL;
	end_present(run, err);
}

static void spread(struct record_run *run)
{
	run->state = RECORD_SPREADS;
	give_turn(run);
	ask_server(run, on_others);
	run->spread = dns_spread_start(&(struct dns_spread_wish){
		.tools = &run->records->tools,
		.server = run->server,
		.port = run->port,
		.zone = run->zone,
		.record = run->name,
		.value = run->value,
		.patience = run->patience,
		.on_wait = on_wait,
		.on_end = on_spread,
		.data = run,
	});
}

/* What a server refused, it has not done; all else is not known. */
static void on_added(void *data, const char *zone, const struct error *err)
{
	struct record_run *run = data;
	struct error own;

	run->change = NULL;
	run->may_be_there = !run->is_persistent && zone &&
		(!err || err->kind != ERROR_REFUSED);
	run->is_there = !run->is_persistent && !err;
	if (err && !zone && run->is_alias) {
		own = *err;
		dns_alias_explain(run->name, run->is_missing, &own);
		err = &own;
	}
	if (err || run->is_unwanted) {
		end_present(run, err);
		return;
	}
	free(run->zone);
	run->zone = mem_string(zone);
	spread(run);
}

/* A persistent record is written once; no cache stands between. */

static void on_look(void *data, const unsigned char *reply, size_t length,
	const struct error *err)
{
	struct record_run *run = data;
	struct dns_answer answer;

	run->call = NULL;
	if (!err &&
		dns_answer_open(&answer, reply, length, &run->question, NULL) &&
		dns_answer_has_persistent(&answer, run->value))
		end_present(run, NULL);
	else
		change(run, RECORD_ADDS, on_added);
}

static void on_alias(
	void *data, const struct dns_alias_end *end, const struct error *err)
{
	struct record_run *run = data;

	run->alias = NULL;
	if (err) {
		end_present(run, err);
		return;
	}
	free(run->name);
	run->name = mem_string(end->name);
	run->is_alias = end->is_another;
	run->is_missing = end->is_missing;
	if (run->is_persistent) {
		run->state = RECORD_LOOKS;
		ask_server(run, on_look);
	} else {
		change(run, RECORD_ADDS, on_added);
	}
}

static void follow(struct record_run *run)
{
	run->state = RECORD_FOLLOWS;
	run->alias =
		dns_alias_start(&run->records->tools, run->name, on_alias, run);
}

void record_run_start(struct record_run *run)
{
	if (run->state == RECORD_IS_DUE)
		change(run, RECORD_REMOVES, on_removed);
	else
		follow(run);
}

void record_run_withdraw(struct record_run *run)
{
	if (run->state == RECORD_ADDS) {
		run->is_unwanted = true;
		return;
	}
	if (run->may_be_there) {
		dns_spread_cancel(take(run->spread));
		dns_call_cancel(take(run->call));
		record_run_queue(run, RECORD_IS_DUE);
		return;
	}
	give_turn(run);
	record_run_free(run);
}
