/* SPDX-License-Identifier: MIT */
#include "attempt_walk.h"

#include "mem.h"
#include "outlook.h"
#include "path_book.h"
#include "span.h"
#include "text.h"

#include <time.h>

#define PATIENCE 3.0 /* seconds that an attempt waits for it */
#define GATE_PAUSE 240

struct attempt_walk {
	struct attempt_walk_wish wish;
	struct snapshot *snapshot;
	const struct config_certificate *certificate;
	struct preflight *preflight; /* NULL: over */
	struct path_sum *sums; /* owned, of each identifier */
	bool is_ready; /* told */
	ev_timer patience;
};

void attempt_walk_cancel(struct attempt_walk *walk)
{
	if (!walk)
		return;
	preflight_cancel(walk->preflight);
	ev_timer_stop(walk->wish.fleet->loop, &walk->patience);
	snapshot_unref(walk->snapshot);
	free(walk->sums);
	free(walk);
}

/* The first path that is broken, unless nothing is seen of it anyway. */
static const struct path_sum *find_bad(const struct attempt_walk *walk)
{
	for (size_t i = 0; i < walk->certificate->identifier_count; i++) {
		const char *name = walk->certificate->identifiers[i].value;
		const struct path_sum *sum = &walk->sums[i];
		if (sum->is_seen && sum->verdict == FINDING_BAD &&
			!path_book_is_blind(walk->wish.lineage, name))
			return sum;
	}
	return NULL;
}

/* The CA has said so before, and not long ago. */
static bool is_gated(const struct attempt_walk *walk)
{
	const struct lineage *lineage = walk->wish.lineage;
	int64_t now = time(NULL);
	int64_t left = lineage_has_certificate(lineage)
		? span_between(now, lineage->facts.not_after)
		: INT64_MAX;

	return !lineage->is_forced && lineage->class_failures[BACKOFF_Q2] > 0 &&
		backoff_class_of(&lineage->err) == BACKOFF_Q2 &&
		backoff_gates(span_between(lineage->last_attempt, now), left) &&
		find_bad(walk);
}

/* The path is as the CA found it: it is looked at again before the CA is. */
static void postpone(struct attempt_walk *walk)
{
	struct lineage *lineage = walk->wish.lineage;

	lineage->not_before = time(NULL) + GATE_PAUSE;
	fleet_tell(walk->wish.fleet, lineage,
		&(struct event){.name = "step", .priority = LOG_DEBUG},
		"its path is still broken: the CA is not asked yet");
}

static void tell_ready(struct attempt_walk *walk)
{
	if (walk->is_ready)
		return;
	walk->is_ready = true;
	ev_timer_stop(walk->wish.fleet->loop, &walk->patience);
	bool gates = is_gated(walk);
	if (gates)
		postpone(walk);
	walk->wish.on_ready(walk->wish.data, gates);
}

static void on_patience(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	tell_ready(timer->data);
}

static void on_finding(void *data, const struct finding *finding)
{
	struct attempt_walk *walk = data;

	for (size_t i = 0; i < walk->certificate->identifier_count; i++)
		if (streq(walk->certificate->identifiers[i].value,
			    finding->subject))
			path_sum_add(&walk->sums[i], finding);
}

static void on_walked(void *data, enum finding_verdict verdict)
{
	struct attempt_walk *walk = data;
	int64_t now = time(NULL);

	(void)verdict;
	walk->preflight = NULL;
	for (size_t i = 0; i < walk->certificate->identifier_count; i++)
		if (walk->sums[i].is_seen)
			path_book_look(walk->wish.fleet, walk->wish.lineage,
				walk->certificate->identifiers[i].value,
				&walk->sums[i], now);
	tell_ready(walk);
}

static bool is_wanted(const struct attempt_walk_wish *wish)
{
	const struct lineage *lineage = wish->lineage;
	const struct config *config = wish->fleet->snapshot->config;

	if (!wish->fleet->outlook || config->daemon.rehearse == REHEARSE_NO)
		return false;
	return lineage->failures || !path_book_is_green(lineage, time(NULL));
}

struct attempt_walk *attempt_walk_start(const struct attempt_walk_wish *wish)
{
	struct fleet *fleet = wish->fleet;

	if (!is_wanted(wish))
		return NULL;
	struct attempt_walk *walk = mem_new(sizeof(*walk));
	walk->wish = *wish;
	walk->snapshot = snapshot_ref(fleet->snapshot);
	walk->certificate = wish->lineage->certificate;
	walk->sums = mem_new(
		walk->certificate->identifier_count * sizeof(*walk->sums));
	walk->preflight = preflight_start(&(struct preflight_wish){
		.tools = outlook_tools(fleet->outlook),
		.certificate = walk->certificate,
		.daemon = &walk->snapshot->config->daemon,
		.looks = PREFLIGHT_PATHS,
		.listener = {on_finding, on_walked, walk},
	});
	ev_timer_init(&walk->patience, on_patience, PATIENCE, 0.);
	walk->patience.data = walk;
	ev_timer_start(fleet->loop, &walk->patience);
	return walk;
}

/* What a CA sees of many causes; any other code says more than a look does. */
static bool is_symptom(const char *code)
{
	static const char *const SYMPTOMS[] = {"", "H1", "H4", "H5", "H6", "H8",
		"H9", "H12", "T1", "T2", "T4", "D2"};

	for (size_t i = 0; i < sizeof(SYMPTOMS) / sizeof(*SYMPTOMS); i++)
		if (streq(code, SYMPTOMS[i]))
			return true;
	return false;
}

void attempt_walk_explain(const struct attempt_walk *walk, struct error *err)
{
	const struct path_sum *bad = walk ? find_bad(walk) : NULL;
	struct error words = *err;

	if (bad && err->kind == ERROR_VALIDATION && is_symptom(err->code))
		fail_cause(err, ERROR_VALIDATION, bad->err.code,
			"%.240s; the CA says: %.240s", bad->err.text,
			words.text);
}

/* Valid from before: a name by itself, or all at once. */
static bool is_reused(const char *subject, const char *from, const char *to)
{
	if (streq(subject, "order"))
		return streq(from, "save") && streq(to, "key");
	return streq(from, "fetch") && streq(to, "valid");
}

void attempt_walk_note(struct fleet *fleet, struct lineage *lineage,
	const char *subject, const char *from, const char *to)
{
	bool is_valid = streq(to, "valid");

	lineage->is_reusing |= is_reused(subject, from, to);
	if (is_valid && !streq(from, "fetch"))
		lineage->proven = time(NULL);
	if (streq(from, "fetch") || (!is_valid && !streq(to, "failed")))
		return;
	path_book_validate(fleet, lineage, subject, is_valid);
}
