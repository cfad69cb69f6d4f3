/* SPDX-License-Identifier: MIT */

/*
 * All programs together against the scripted CA, and one of them killed at
 * each of its system calls, or each of those failing. set.test starts it.
 *
 *   set [-k | -f] [-t TARGET] [-g GOAL] [-n COUNT] [-s SEED] [-w N/OF]
 *       | -r CASE...
 *
 *   -t, -g  only that program, only that goal (set_goals.c)
 *   -n, -s  so many of all the cases, chosen by SEED: one of each sort first
 *   -w      of those only every OF-th from N on, for several at once
 *   -r      those, and each of them must be reached
 */

#include "late.h"
#include "mem.h"
#include "set_case.h"

#include <getopt.h>
#include <stdio.h>
#include <time.h>

static const char *const TARGETS[] = {
	"loop", "vault", "deploy", "hand", "parent"};
#define TARGET_COUNT (sizeof(TARGETS) / sizeof(*TARGETS))

struct options {
	const char *target, *goal; /* NULL: all */
	bool has_kills, has_faults, is_repeated;
	size_t most; /* 0: all */
	unsigned seed, shard, shards;
};

struct cases {
	struct set_case *items;
	size_t count;
};

static void add(struct cases *cases, const struct set_case *item)
{
	cases->items = mem_resize(
		cases->items, cases->count + 1, sizeof(*cases->items));
	cases->items[cases->count++] = *item;
}

static void add_call(struct cases *cases, struct set_case item,
	const struct options *options)
{
	item.wish = TRACE_KILL;
	if (options->has_kills)
		add(cases, &item);
	item.wish = TRACE_FAIL;
	for (size_t i = 0; options->has_faults && i < FAULT_COUNT; i++) {
		item.fault = &FAULTS[i];
		if (!fault_hits(item.fault, item.kind))
			continue;
		item.goes_on = false;
		add(cases, &item);
		item.goes_on = true;
		add(cases, &item);
	}
}

static void list(struct set *set, struct cases *cases,
	const struct options *options, struct set_case item)
{
	struct text why = {0};
	const struct trace *trace = set->trace;

	if (!set_case_run(set, &item, &why))
		printf("%s of the %s, undisturbed: %s\n", item.goal->name,
			item.target, why.data);
	text_clear(&why);
	printf("%s: %u calls of the %s\n", item.goal->name, trace->count,
		item.target);
	for (unsigned i = 0; i < trace->count && i < TRACE_CALLS_MAX; i++) {
		item.at = i + 1;
		item.kind = trace->calls[i].kind;
		add_call(cases, item, options);
	}
}

static void list_all(
	struct set *set, struct cases *cases, const struct options *options)
{
	for (size_t i = 0; i < TARGET_COUNT; i++)
		for (size_t j = 0; j < SET_GOAL_COUNT; j++) {
			struct set_case item = {
				.goal = &SET_GOALS[j], .target = TARGETS[i]};
			if (options->target &&
				!streq(options->target, item.target))
				continue;
			if (!options->goal ||
				streq(options->goal, item.goal->name))
				list(set, cases, options, item);
		}
}

static void swap(struct cases *cases, size_t one, size_t other)
{
	struct set_case kept = cases->items[one];

	cases->items[one] = cases->items[other];
	cases->items[other] = kept;
}

static bool is_alike(const struct set_case *a, const struct set_case *b)
{
	return a->target == b->target && a->goal == b->goal &&
		a->fault == b->fault && a->kind == b->kind;
}

/* Of each fault on the way to each goal and each kind of call there one comes
 * first: the number of those. */
static size_t put_sorts_first(struct cases *cases)
{
	size_t sorts = 0, j;

	for (size_t i = 0; i < cases->count; i++) {
		for (j = 0; j < sorts; j++)
			if (is_alike(&cases->items[i], &cases->items[j]))
				break;
		if (j == sorts)
			swap(cases, i, sorts++);
	}
	return sorts;
}

static void sample(struct cases *cases, size_t most, unsigned seed)
{
	for (size_t i = 0; i < cases->count; i++)
		swap(cases, i, i + (size_t)rand_r(&seed) % (cases->count - i));
	size_t sorts = put_sorts_first(cases);
	if (most < cases->count)
		cases->count = most;
	printf("%zu of them, and %zu of %zu sorts\n", cases->count,
		sorts < cases->count ? sorts : cases->count, sorts);
}

static void print(const struct set_case *item, struct text *out)
{
	text_addf(out, "%s/%s/%u/%s%s", item->target, item->goal->name,
		item->at, item->wish == TRACE_KILL ? "kill" : item->fault->name,
		item->goes_on ? "/on" : "");
}

static bool parse(const char *text, struct set_case *out)
{
	static char targets[64][16];
	static unsigned count;
	char goal[32], what[32] = "", on[8] = "";
	char *target = targets[count++ % 64];

	*out = (struct set_case){.wish = TRACE_KILL, .target = target};
	if (sscanf(text, "%15[^/]/%31[^/]/%u/%31[^/]/%7s", target, goal,
		    &out->at, what, on) < 4)
		return false;
	for (size_t i = 0; i < SET_GOAL_COUNT; i++)
		if (streq(SET_GOALS[i].name, goal))
			out->goal = &SET_GOALS[i];
	out->goes_on = streq(on, "on");
	out->fault = fault_find(what);
	if (out->fault)
		out->wish = TRACE_FAIL;
	return out->goal != NULL;
}

static bool run_one(
	struct set *set, const struct set_case *item, bool is_to_be_reached)
{
	struct text name = {0}, why = {0};
	time_t start = time(NULL);

	set_case_run(set, item, &why);
	if (is_to_be_reached && set->trace->acted == 0)
		text_add(&why, "it was not reached; ");
	print(item, &name);
	if (why.data)
		printf("FAILED %s (%s): %s\n", name.data,
			call_name(set->trace->call), why.data);
	else if (getenv("VERBOSE"))
		printf("ok %s (%s), %ld s\n", name.data,
			call_name(set->trace->call),
			(long)(time(NULL) - start));
	fflush(stdout);
	bool holds = !why.data;
	text_clear(&name);
	text_clear(&why);
	return holds;
}

static int run_all(struct set *set, const struct cases *cases,
	const struct options *options)
{
	unsigned kills = 0, faults = 0, missed = 0, failures = 0, late = 0;
	time_t start = time(NULL);

	for (size_t i = options->shard; i < cases->count;
		i += options->shards) {
		if (is_late()) {
			late++;
			continue;
		}
		failures +=
			!run_one(set, &cases->items[i], options->is_repeated);
		if (set->trace->acted == 0)
			missed++;
		else if (cases->items[i].wish == TRACE_KILL)
			kills++;
		else
			faults++;
	}
	printf("%u cases, %u failures: %u crash points, %u failing calls, "
	       "%u not reached, %u ended acmed, %u starts of nginx tried, %u "
	       "left for want of time; %ld s\n",
		kills + faults, failures, kills, faults, missed, set->ended,
		set->servers, late, (long)(time(NULL) - start));
	return failures || late || kills + faults == 0 ? 1 : 0;
}

static bool read_options(int argc, char **argv, struct options *options)
{
	int letter;

	while ((letter = getopt(argc, argv, "fg:kn:rs:t:w:")) != -1) {
		if (letter == 'f')
			options->has_kills = false;
		else if (letter == 'k')
			options->has_faults = false;
		else if (letter == 'g')
			options->goal = optarg;
		else if (letter == 't')
			options->target = optarg;
		else if (letter == 'n')
			options->most = strtoul(optarg, NULL, 10);
		else if (letter == 's')
			options->seed = (unsigned)strtoul(optarg, NULL, 10);
		else if (letter == 'r')
			options->is_repeated = true;
		else if (letter != 'w' ||
			sscanf(optarg, "%u/%u", &options->shard,
				&options->shards) != 2)
			return false;
	}
	return options->shards > 0;
}

/* The files of a goal, for a comparison, are those of its first run. */
static void list_goal(struct set *set, const struct set_case *item)
{
	static bool is_listed[16];
	const struct set_case first = {
		.goal = item->goal, .target = item->target};
	struct text why = {0};

	if (!is_listed[item->goal - SET_GOALS])
		set_case_run(set, &first, &why);
	is_listed[item->goal - SET_GOALS] = true;
	text_clear(&why);
}

static bool parse_all(struct set *set, struct cases *cases, char **names)
{
	struct set_case item;

	for (; *names; names++) {
		if (!parse(*names, &item))
			return false;
		list_goal(set, &item);
		add(cases, &item);
	}
	return true;
}

int main(int argc, char **argv)
{
	struct options options = {.has_kills = true,
		.has_faults = true,
		.seed = (unsigned)time(NULL),
		.shards = 1};
	struct cases cases = {0};
	struct set set;
	bool is_fine = read_options(argc, argv, &options);

	set_open(&set, trace_new());
	if (is_fine)
		set_make_kept(&set);
	if (is_fine && options.is_repeated)
		is_fine = parse_all(&set, &cases, argv + optind);
	else if (is_fine)
		list_all(&set, &cases, &options);
	if (!is_fine)
		return 2;
	printf("%zu cases, SEED=%u\n", cases.count, options.seed);
	if (options.most)
		sample(&cases, options.most, options.seed);
	int status = run_all(&set, &cases, &options);
	free(cases.items);
	json_decref(set.seen);
	return status;
}
