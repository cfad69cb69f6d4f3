/* SPDX-License-Identifier: MIT */
#include "trials.h"

#include "mem.h"

#include <stdio.h>
#include <stdlib.h>

#define PORTION 4096 /* cases, that are made room for at once */

static void add(struct trials *trials, const struct trial *trial)
{
	if (trials->count % PORTION == 0)
		trials->items = mem_resize(trials->items,
			trials->count + PORTION, sizeof(*trials->items));
	trials->items[trials->count++] = *trial;
}

/* After a call that changes nothing it is as before the next one. */
static bool changes(enum call_kind kind)
{
	return kind == CALL_CREATE || kind == CALL_WRITE ||
		kind == CALL_CHANGE || kind == CALL_SYNC ||
		kind == CALL_MESSAGE;
}

static void add_kills(
	struct trials *trials, struct trial trial, enum call_kind kind)
{
	trial.wish = TRACE_KILL;
	add(trials, &trial);
	trial.wish = TRACE_KILL_AFTER;
	if (changes(kind))
		add(trials, &trial);
}

static void add_faults(struct trials *trials, struct trial trial,
	enum call_kind kind, bool is_once)
{
	trial.wish = TRACE_FAIL;
	for (size_t i = 0; i < FAULT_COUNT; i++) {
		trial.fault = &FAULTS[i];
		if (!fault_hits(trial.fault, kind))
			continue;
		trial.goes_on = false;
		add(trials, &trial);
		trial.goes_on = true;
		if (!is_once)
			add(trials, &trial);
	}
}

struct call_way {
	uint64_t way;
	unsigned at;
};

static int compare_ways(const void *a, const void *b)
{
	const struct call_way *one = a, *other = b;

	if (one->way != other->way)
		return one->way < other->way ? -1 : 1;
	return one->at < other->at ? -1 : 1;
}

/* The first, the last, and those between them at even distances. */
static void choose(struct trace *trace, const struct call_way *calls,
	unsigned count, unsigned most)
{
	for (unsigned i = 0; i < count; i++)
		trace->calls[calls[i].at].kind = CALL_OTHER;
	for (unsigned i = 0; i < count && i < most; i++) {
		unsigned chosen =
			count <= most ? i : i * (count - 1) / (most - 1);
		trace->calls[calls[chosen].at].kind = CALL_MEMORY;
	}
}

/* What comes by a way that others have come by as well is left out. */
static void thin_out(struct trace *trace, unsigned most)
{
	unsigned count =
		trace->count < TRACE_CALLS_MAX ? trace->count : TRACE_CALLS_MAX;
	struct call_way *calls = mem_resize(NULL, count, sizeof(*calls));
	unsigned begin = 0;

	for (unsigned i = 0; i < count; i++)
		calls[i] = (struct call_way){trace->calls[i].way, i};
	qsort(calls, count, sizeof(*calls), compare_ways);
	for (unsigned i = 1; i <= count; i++)
		if (i == count || calls[i].way != calls[begin].way) {
			choose(trace, calls + begin, i - begin, most);
			begin = i;
		}
	free(calls);
}

static void add_goal(struct trials *trials, struct bench *bench,
	const struct goal *goal, const struct trial_filter *filter)
{
	struct trial trial = {.goal = goal};
	struct trace *trace = bench->trace;
	struct text why = {0};

	if (!trial_run(bench, &trial, &why))
		fprintf(stderr, "%s: %s\n", goal->name, why.data);
	text_clear(&why);
	if (filter->each_way)
		thin_out(trace, filter->each_way);
	for (unsigned i = 0; i < trace->count && i < TRACE_CALLS_MAX; i++) {
		trial.at = i + 1;
		if (filter->has_kills)
			add_kills(trials, trial, trace->calls[i].kind);
		if (filter->has_faults)
			add_faults(trials, trial, trace->calls[i].kind,
				filter->is_once);
	}
}

void trials_make(struct trials *trials, struct bench *bench,
	const struct trial_filter *filter)
{
	for (size_t i = 0; i < GOAL_COUNT; i++)
		if (!filter->goal || streq(filter->goal, GOALS[i].name))
			add_goal(trials, bench, &GOALS[i], filter);
}

void trials_sample(struct trials *trials, size_t count, unsigned seed)
{
	if (count >= trials->count)
		return;
	for (size_t i = 0; i < count; i++) {
		size_t other = i + (size_t)rand_r(&seed) % (trials->count - i);
		struct trial kept = trials->items[i];
		trials->items[i] = trials->items[other];
		trials->items[other] = kept;
	}
	trials->count = count;
}

void trials_clear(struct trials *trials)
{
	free(trials->items);
	*trials = (struct trials){0};
}

void trial_print(const struct trial *trial, struct text *out)
{
	text_addf(out, "%s/%u/", trial->goal->name, trial->at);
	if (trial->wish == TRACE_FAIL)
		text_addf(out, "%s%s", trial->fault->name,
			trial->goes_on ? "/on" : "");
	else
		text_add(
			out, trial->wish == TRACE_KILL ? "kill" : "kill-after");
}

bool trial_parse(const char *text, struct trial *out)
{
	char name[32] = "", what[32] = "", on[8] = "";

	*out = (struct trial){.wish = TRACE_KILL};
	if (sscanf(text, "%31[^/]/%u/%31[^/]/%7s", name, &out->at, what, on) <
		3)
		return false;
	for (size_t i = 0; i < GOAL_COUNT; i++)
		if (streq(GOALS[i].name, name))
			out->goal = &GOALS[i];
	if (streq(what, "kill-after"))
		out->wish = TRACE_KILL_AFTER;
	out->goes_on = streq(on, "on");
	out->fault = fault_find(what);
	if (out->fault)
		out->wish = TRACE_FAIL;
	return out->goal != NULL;
}
