/* SPDX-License-Identifier: MIT */
#include "metrics_family.h"

#include "alert.h"
#include "json.h"
#include "mem.h"
#include "text.h"

static void put(const struct metrics_page *page, const char *label,
	const char *text, double value)
{
	const struct exposition_label labels[] = {{label, text}, {0}};

	exposition_sample(page->out, page->family, labels, value);
}

static void write_build(const struct metrics_page *page)
{
	put(page, "version", ACMED_VERSION, 1);
}

static void write_started(const struct metrics_page *page)
{
	put(page, NULL, NULL, (double)page->source->started);
}

static void write_now(const struct metrics_page *page)
{
	put(page, NULL, NULL, (double)page->now);
}

static void write_configuration(const struct metrics_page *page)
{
	put(page, NULL, NULL, !page->source->fleet->main_mistake);
}

/* Until a channel is proved nobody would be told of anything. */
static void write_told(const struct metrics_page *page)
{
	const struct alert *alert = page->source->fleet->alert;

	if (alert)
		put(page, NULL, NULL, !alert_nobody(alert));
}

static void write_channels(const struct metrics_page *page)
{
	const struct alert *alert = page->source->fleet->alert;
	json_t *described cleanup(json) = alert ? alert_describe(alert) : NULL;
	size_t i;
	json_t *channel;

	json_array_foreach (json_object_get(described, "channels"), i, channel)
		put(page, "channel", member_string_or(channel, "name", ""),
			member_bool_or(channel, "proved", false));
}

static void write_rescans(const struct metrics_page *page)
{
	const struct tally *tally = page->source->tally;

	put(page, "result", "accepted",
		(double)tally_rescans(tally, TALLY_ACCEPTED));
	put(page, "result", "rejected",
		(double)tally_rescans(tally, TALLY_REJECTED));
}

/* Each of them, also where there is none: a sum of nothing has no alarm. */
static void write_certificates(const struct metrics_page *page)
{
	static const char *const STATES[] = {"ok", "installed, unproven",
		"installed, waits", "soon", "renewing", "failing", "on hold",
		"placeholder", "expired", "orphan", "retired"};
	enum {
		COUNT = sizeof(STATES) / sizeof(*STATES)
	};
	const struct fleet *fleet = page->source->fleet;
	size_t counts[COUNT] = {0};
	char state[PLAN_STATE_SIZE];

	for (size_t i = 0; i < fleet->count; i++) {
		metrics_state(fleet->lineages[i], page->now, state);
		for (size_t j = 0; j < COUNT; j++)
			counts[j] += streq(state, STATES[j]);
	}
	for (size_t i = 0; i < COUNT; i++)
		put(page, "state", STATES[i], (double)counts[i]);
}

#define GAUGE(name, write, help) \
	{ \
		"acmed_" name, EXPOSITION_GAUGE, help, write, NULL \
	}

const struct metrics_family METRICS_OF_DAEMON[] = {
	GAUGE("build_info", write_build, "The version of acmed."),
	GAUGE("start_time_seconds", write_started,
		"When the daemon has started."),
	GAUGE("metrics_timestamp_seconds", write_now,
		"When these metrics were made."),
	GAUGE("configuration_valid", write_configuration,
		"Whether acmed.conf and its kin have no mistake."),
	{"acmed_rescans_total", EXPOSITION_COUNTER,
		"Times the configuration was taken in since the daemon has "
		"started.",
		write_rescans, NULL},
	GAUGE("somebody_told", write_told,
		"Whether somebody would be told of a trouble."),
	GAUGE("channel_proved", write_channels,
		"Whether the channel has worked (acmectl notify-test)."),
	GAUGE("certificates", write_certificates,
		"Certificates in each state."),
	{0},
};
