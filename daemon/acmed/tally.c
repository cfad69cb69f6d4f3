/* SPDX-License-Identifier: MIT */
#include "tally.h"

#include "json.h"
#include "mem.h"
#include "text.h"

struct tally_step {
	struct tally_step *next;
	char *ca; /* owned, as the next */
	char *step;
	struct histogram histogram;
};

struct tally {
	struct events *events;
	struct event_listener *listener;
	uint64_t rescans[2];
	json_t *issued; /* {NAME: number} */
	json_t *failures[2]; /* of each stage: {NAME: {CODE: number}} */
	struct tally_step *steps; /* owned */
};

static const char *const STAGES[2] = {"renewal", "deployment"};

static void count(json_t *object, const char *name)
{
	json_int_t before = json_integer_value(json_object_get(object, name));

	json_object_set_new(object, name, json_integer(before + 1));
}

static void count_failure(json_t *failures, const struct event *event)
{
	json_t *causes = json_object_get(failures, event->certificate);
	const struct error *err = event->err;

	if (!causes) {
		causes = json_object();
		json_object_set_new(failures, event->certificate, causes);
	}
	count(causes, *err->code ? err->code : error_kind_name(err->kind));
}

static struct tally_step *step_of(
	struct tally *tally, const char *ca, const char *name)
{
	struct tally_step **link = &tally->steps;

	while (*link && !(streq((*link)->ca, ca) && streq((*link)->step, name)))
		link = &(*link)->next;
	if (*link)
		return *link;
	*link = mem_new(sizeof(**link));
	(*link)->ca = mem_string(ca);
	(*link)->step = mem_string(name);
	return *link;
}

static void on_event(void *data, const struct event *event)
{
	struct tally *tally = data;

	if (event->step && event->ca)
		histogram_observe(
			&step_of(tally, event->ca, event->step)->histogram,
			event->seconds);
	if (!event->certificate)
		return;
	if (streq(event->name, "issued"))
		count(tally->issued, event->certificate);
	if (event->err && streq(event->name, "failed"))
		count_failure(tally->failures[0], event);
	if (event->err && streq(event->name, "deploy-failed"))
		count_failure(tally->failures[1], event);
}

struct tally *tally_new(struct events *events)
{
	struct tally *tally = mem_new(sizeof(*tally));

	tally->events = events;
	tally->issued = json_object();
	tally->failures[0] = json_object();
	tally->failures[1] = json_object();
	tally->listener = events_listen(events, on_event, tally);
	return tally;
}

static void free_steps(struct tally_step *step)
{
	while (step) {
		struct tally_step *next = step->next;
		free(step->ca);
		free(step->step);
		free(step);
		step = next;
	}
}

void tally_free(struct tally *tally)
{
	if (!tally)
		return;
	events_ignore(tally->events, tally->listener);
	json_decref(tally->issued);
	json_decref(tally->failures[0]);
	json_decref(tally->failures[1]);
	free_steps(tally->steps);
	free(tally);
}

void tally_rescan(struct tally *tally, enum tally_result result)
{
	if (tally)
		tally->rescans[result]++;
}

uint64_t tally_rescans(const struct tally *tally, enum tally_result result)
{
	return tally->rescans[result];
}

uint64_t tally_issued(const struct tally *tally, const char *certificate)
{
	return (uint64_t)json_integer_value(
		json_object_get(tally->issued, certificate));
}

void tally_each_failure(const struct tally *tally, const char *certificate,
	void (*on_failure)(void *data, const char *stage, const char *code,
		uint64_t count),
	void *data)
{
	for (unsigned i = 0; i < 2; i++) {
		json_t *causes =
			json_object_get(tally->failures[i], certificate);
		const char *code;
		json_t *number;
		json_object_foreach (causes, code, number)
			on_failure(data, STAGES[i], code,
				(uint64_t)json_integer_value(number));
	}
}

void tally_each_step(const struct tally *tally,
	void (*on_step)(void *data, const char *ca, const char *step,
		const struct histogram *histogram),
	void *data)
{
	for (const struct tally_step *s = tally->steps; s; s = s->next)
		on_step(data, s->ca, s->step, &s->histogram);
}
