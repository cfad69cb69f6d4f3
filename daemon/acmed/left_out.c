/* SPDX-License-Identifier: MIT */
#include "left_out.h"

#include "dead_names.h"
#include "mem.h"
#include "plan.h"
#include "text.h"

#include <stdio.h>

static bool is_installed_for(
	const struct lineage *lineage, const struct identifier *identifier)
{
	const struct certificate_facts *facts = &lineage->facts;

	return identifier_is_in(
		facts->identifiers, facts->identifier_count, identifier);
}

/* May any name of it be left out at all? */
static bool is_allowed(const struct lineage *lineage)
{
	return lineage->certificate && lineage->certificate->drop_dead_names &&
		!lineage->certificate->csr && lineage->dead &&
		lineage_has_certificate(lineage);
}

bool left_out_is_reduced(const struct lineage *lineage)
{
	const struct config_certificate *certificate = lineage->certificate;
	size_t missing = 0;

	if (!is_allowed(lineage))
		return false;
	for (size_t i = 0; i < certificate->identifier_count; i++) {
		const struct identifier *wanted = &certificate->identifiers[i];
		if (is_installed_for(lineage, wanted))
			continue;
		if (i == 0 || !dead_names_since(lineage->dead, wanted->value))
			return false;
		missing++;
	}
	return missing > 0;
}

/* Nobody knows when a clock that was ahead (C2) has had all tried. */
static int64_t tried_all(const struct lineage *lineage, int64_t now)
{
	return lineage->tried_all > now ? 0 : lineage->tried_all;
}

static struct dead_names names_of(const struct lineage *lineage, int64_t now)
{
	return (struct dead_names){
		.identifiers = lineage->certificate->identifiers,
		.count = lineage->certificate->identifier_count,
		.marks = lineage->dead,
		.not_after = lineage->facts.not_after,
		.slack = plan_slack(lineage),
		.is_reduced = left_out_is_reduced(lineage),
		.tried_all = tried_all(lineage, now),
	};
}

int64_t left_out_retry(const struct lineage *lineage, int64_t now)
{
	if (!is_allowed(lineage))
		return INT64_MAX;
	struct dead_names names = names_of(lineage, now);
	return dead_names_retry(&names);
}

json_t *left_out_now(const struct lineage *lineage, int64_t now)
{
	if (!is_allowed(lineage))
		return NULL;
	struct dead_names names = names_of(lineage, now);
	if (names.is_reduced && lineage->is_forced)
		return NULL;
	return dead_names_may_go(&names, now) ? dead_names_list(&names) : NULL;
}

json_t *left_out_list(const struct lineage *lineage)
{
	json_t *list = NULL;

	if (!left_out_is_reduced(lineage))
		return NULL;
	list = json_array();
	for (size_t i = 0; i < lineage->certificate->identifier_count; i++) {
		const struct identifier *wanted =
			&lineage->certificate->identifiers[i];
		if (!is_installed_for(lineage, wanted))
			json_array_append_new(list, json_string(wanted->value));
	}
	return list;
}

void left_out_note(struct lineage *lineage, const json_t *blockers, bool is_all,
	int64_t now)
{
	json_t *marks = is_all ? NULL : json_incref(lineage->dead);

	if (!json_array_size(blockers)) {
		json_decref(marks);
		return;
	}
	for (size_t i = 0; i < json_array_size(blockers); i++) {
		const char *name =
			json_string_value(json_array_get(blockers, i));
		int64_t since = dead_names_since(lineage->dead, name);
		dead_names_mark(&marks, name, since ? since : now);
	}
	json_decref(lineage->dead);
	lineage->dead = marks;
}

void left_out_explain(const struct config_certificate *certificate,
	const json_t *blockers, struct error *err)
{
	size_t count = json_array_size(blockers);
	size_t others = certificate->identifier_count - count;
	char more[40] = "";

	if (!count || count >= certificate->identifier_count)
		return;
	if (count > 1)
		snprintf(more, sizeof(more), " and %zu more", count - 1);
	error_prefix(err, "%s%s %s renewal of %zu other name%s",
		json_string_value(json_array_get(blockers, 0)), more,
		count > 1 ? "block" : "blocks", others, others > 1 ? "s" : "");
}

static char *join(const json_t *names)
{
	struct text joined = {.limit = 300};

	for (size_t i = 0; i < json_array_size(names); i++)
		text_addf(&joined, "%s%s", i ? ", " : "",
			json_string_value(json_array_get(names, i)));
	return text_take(&joined);
}

void left_out_describe(const json_t *names, char *out, size_t size)
{
	cleanup(string) char *joined = join(names);

	snprintf(out, size, "issued without %s, tried again each day",
		joined ? joined : "some of its names");
}

static void tell(
	struct fleet *fleet, struct lineage *lineage, const json_t *without)
{
	char text[400];
	struct error err;

	left_out_describe(without, text, sizeof(text));
	fail_cause(&err, ERROR_VALIDATION, LEFT_OUT_CODE, "%s", text);
	fleet_tell(fleet, lineage,
		&(struct event){.name = "left-out",
			.priority = LOG_WARNING,
			.err = &err},
		"%s", err.text);
}

void left_out_issued(
	struct fleet *fleet, struct lineage *lineage, const json_t *without)
{
	if (json_array_size(without))
		tell(fleet, lineage, without);
	else
		json_decref(take(lineage->dead));
}
