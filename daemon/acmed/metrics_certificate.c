/* SPDX-License-Identifier: MIT */
#include "metrics_family.h"

#include "path_state.h"
#include "text.h"

#include <stdio.h>

#define WAITS "installed, waits"

/* With one more label, unless its name is NULL. */
static void put(const struct metrics_page *page, const struct lineage *lineage,
	const char *label, const char *text, double value)
{
	const struct exposition_label labels[] = {
		{"certificate", lineage->name}, {label, text}, {0}};

	exposition_sample(page->out, page->family, labels, value);
}

/* What is no date is left out. */
static void put_time(const struct metrics_page *page,
	const struct lineage *lineage, int64_t when)
{
	if (when > 0 && when < INT64_MAX)
		put(page, lineage, NULL, NULL, (double)when);
}

static void write_info(
	const struct metrics_page *page, const struct lineage *lineage)
{
	bool has = lineage_has_certificate(lineage);
	const struct exposition_label labels[] = {
		{"certificate", lineage->name},
		{"ca", lineage->certificate ? lineage_ca(lineage)->name : ""},
		{"key", lineage->facts.key_type},
		{"serial", has ? lineage->facts.serial : ""},
		{0},
	};

	exposition_sample(page->out, page->family, labels, 1);
}

void metrics_state(const struct lineage *lineage, int64_t now,
	char out[static PLAN_STATE_SIZE])
{
	plan_state(lineage, now, out);
	if (text_starts_with(out, WAITS))
		out[strlen(WAITS)] = '\0';
}

static void write_state(
	const struct metrics_page *page, const struct lineage *lineage)
{
	char state[PLAN_STATE_SIZE];

	metrics_state(lineage, page->now, state);
	put(page, lineage, "state", state, 1);
}

static void write_expiry(
	const struct metrics_page *page, const struct lineage *lineage)
{
	if (lineage_has_certificate(lineage))
		put_time(page, lineage, lineage->facts.not_after);
}

static void write_start(
	const struct metrics_page *page, const struct lineage *lineage)
{
	if (lineage_has_certificate(lineage))
		put_time(page, lineage, lineage->facts.not_before);
}

static void write_renewal(
	const struct metrics_page *page, const struct lineage *lineage)
{
	if (lineage_has_certificate(lineage))
		put_time(page, lineage, plan_renewal_time(lineage));
}

static void write_warning(
	const struct metrics_page *page, const struct lineage *lineage)
{
	if (lineage_has_certificate(lineage))
		put_time(page, lineage, plan_warn_time(lineage));
}

static void write_slack(
	const struct metrics_page *page, const struct lineage *lineage)
{
	if (lineage_has_certificate(lineage))
		put(page, lineage, NULL, NULL, (double)plan_slack(lineage));
}

static void write_next(
	const struct metrics_page *page, const struct lineage *lineage)
{
	struct plan plan = plan_next(lineage, page->now);

	if (plan.action != PLAN_NOTHING)
		put_time(page, lineage,
			plan.when > page->now ? plan.when : page->now);
}

static void write_last(
	const struct metrics_page *page, const struct lineage *lineage)
{
	put_time(page, lineage, lineage->last_attempt);
}

static void write_failed(
	const struct metrics_page *page, const struct lineage *lineage)
{
	put(page, lineage, NULL, NULL, lineage->failures);
}

static void write_undeployed(
	const struct metrics_page *page, const struct lineage *lineage)
{
	if (lineage_has_certificate(lineage))
		put(page, lineage, NULL, NULL, lineage->deploy.failures);
}

/* Without an endpoint that is known there is nothing to say. */
static void write_served(
	const struct metrics_page *page, const struct lineage *lineage)
{
	const struct lineage_deploy *deploy = &lineage->deploy;

	if (!lineage_has_certificate(lineage))
		return;
	if (deploy->step == DEPLOY_DONE && deploy->outcome == DEPLOY_SERVED)
		put(page, lineage, NULL, NULL, 1);
	else if (lineage_is_served(lineage))
		put(page, lineage, NULL, NULL, 0);
}

/* Of names whose paths were looked at. */
static void write_paths(
	const struct metrics_page *page, const struct lineage *lineage)
{
	static const char *const COLOURS[] = {
		[PATH_UNSEEN] = "unseen",
		[PATH_GREEN] = "green",
		[PATH_RED] = "red",
		[PATH_BLIND] = "blind",
	};
	enum {
		COUNT = sizeof(COLOURS) / sizeof(*COLOURS)
	};
	unsigned counts[COUNT] = {0};
	const char *name;
	json_t *state;

	json_object_foreach (lineage->paths, name, state)
		counts[path_state_get(lineage->paths, name).colour]++;
	for (size_t i = 0; i < COUNT; i++)
		if (i != PATH_UNSEEN && json_object_size(lineage->paths))
			put(page, lineage, "state", COLOURS[i], counts[i]);
}

static void write_configured(
	const struct metrics_page *page, const struct lineage *lineage)
{
	put(page, lineage, NULL, NULL, !lineage->waits_for_file);
}

static void write_held(
	const struct metrics_page *page, const struct lineage *lineage)
{
	put(page, lineage, NULL, NULL, plan_is_held(lineage, page->now));
}

static void write_issued(
	const struct metrics_page *page, const struct lineage *lineage)
{
	put(page, lineage, NULL, NULL,
		(double)tally_issued(page->source->tally, lineage->name));
}

struct failures {
	const struct metrics_page *page;
	const struct lineage *lineage;
};

static void put_failure(
	void *data, const char *stage, const char *code, uint64_t count)
{
	const struct failures *failures = data;
	const struct exposition_label labels[] = {
		{"certificate", failures->lineage->name},
		{"stage", stage},
		{"code", code},
		{0},
	};

	exposition_sample(failures->page->out, failures->page->family, labels,
		(double)count);
}

static void write_failures(
	const struct metrics_page *page, const struct lineage *lineage)
{
	struct failures failures = {page, lineage};

	tally_each_failure(
		page->source->tally, lineage->name, put_failure, &failures);
}

#define GAUGE(name, write, help) \
	{ \
		"acmed_certificate_" name, EXPOSITION_GAUGE, help, NULL, write \
	}
#define COUNTER(name, write, help) \
	{ \
		"acmed_certificate_" name, EXPOSITION_COUNTER, help, NULL, \
			write \
	}

const struct metrics_family METRICS_OF_CERTIFICATES[] = {
	GAUGE("info", write_info,
		"What is installed: the CA that is asked next, type of key and "
		"serial."),
	GAUGE("state", write_state, "The state that acmectl status shows."),
	GAUGE("expiry_timestamp_seconds", write_expiry,
		"When what is installed expires."),
	GAUGE("start_timestamp_seconds", write_start,
		"From when on what is installed is valid."),
	GAUGE("renewal_timestamp_seconds", write_renewal,
		"When its renewal is planned."),
	GAUGE("warning_timestamp_seconds", write_warning,
		"From when on it should have been renewed (WarnBefore=)."),
	GAUGE("slack_seconds", write_slack,
		"Time from the planned renewal to expiry."),
	GAUGE("next_action_timestamp_seconds", write_next,
		"When acmed does something about it next."),
	GAUGE("last_attempt_timestamp_seconds", write_last,
		"When it was last tried to renew it."),
	GAUGE("failed_attempts", write_failed,
		"Attempts in a row that failed."),
	GAUGE("failed_deployments", write_undeployed,
		"Deployments in a row that failed."),
	GAUGE("served", write_served,
		"Whether the known endpoints serve what is installed."),
	GAUGE("paths", write_paths,
		"Challenge paths by what their rehearsal saw last: green, red, "
		"or blind, where nothing is seen from here."),
	GAUGE("configuration_valid", write_configured,
		"Whether its file has no mistake."),
	GAUGE("held", write_held, "Whether it is on hold."),
	COUNTER("issued_total", write_issued,
		"Times it was issued since the daemon has started."),
	COUNTER("failures_total", write_failures,
		"Failures by code (acmed-diagnosis), or by kind where there is "
		"none, since the daemon has started."),
	{0},
};
