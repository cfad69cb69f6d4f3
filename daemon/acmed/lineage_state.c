/* SPDX-License-Identifier: MIT */
#include "lineage_state.h"

#include "failover.h"
#include "json.h"
#include "mem.h"
#include "member.h"
#include "path_state.h"
#include "text.h"
#include "timestamp.h"

#include <limits.h>
#include <stdio.h>

#define SCHEMA 1
#define MOST_ENDPOINTS 64
#define MOST_COUNTED 16

static void get_string(const json_t *object, const char *name, char **out)
{
	free(*out);
	*out = mem_string(member_string_or(object, name, NULL));
}

static void put_error(json_t *object, const struct error *err)
{
	if (err->kind == ERROR_NONE)
		return;
	json_object_set_new(object, "error",
		json_pack("{s:s, s:s, s:s, s:f}", "kind",
			error_kind_name(err->kind), "code", err->code, "text",
			err->text, "retry_after", err->retry_after));
}

static void get_error(const json_t *object, struct error *err)
{
	const json_t *error = json_object_get(object, "error");
	enum error_kind kind = ERROR_NONE;

	*err = (struct error){0};
	if (!error_kind_parse(member_string_or(error, "kind", "none"), &kind))
		return;
	if (kind == ERROR_NONE)
		return;
	fail_cause(err, kind, member_string_or(error, "code", ""), "%s",
		member_string_or(error, "text", ""));
	err->retry_after = member_wait(error, "retry_after");
}

static json_t *deploy_to_json(const struct lineage_deploy *deploy)
{
	json_t *object = json_pack("{s:s, s:i, s:i, s:s}", "step",
		deploy_step_name(deploy->step), "outcome", (int)deploy->outcome,
		"failures", (int)deploy->failures, "waits_for",
		deploy->waits_for);

	member_put_time(object, "next", deploy->next);
	member_put_time(object, "deadline", deploy->deadline);
	put_error(object, &deploy->err);
	if (deploy->is_lost)
		json_object_set_new(object, "lost", json_true());
	if (deploy->is_owed)
		json_object_set_new(object, "owed", json_true());
	if (deploy->is_untold)
		json_object_set_new(object, "untold", json_true());
	return object;
}

static void deploy_from_json(
	struct lineage_deploy *deploy, const json_t *object)
{
	unsigned outcome = member_count(object, "outcome");

	*deploy = (struct lineage_deploy){
		.step = DEPLOY_DONE, .outcome = DEPLOY_UNPROVEN};
	if (!deploy_step_parse(
		    member_string_or(object, "step", ""), &deploy->step))
		return;
	if (outcome <= DEPLOY_FAILED)
		deploy->outcome = (enum deploy_outcome)outcome;
	deploy->failures = member_count(object, "failures");
	deploy->next = member_time(object, "next");
	deploy->deadline = member_time(object, "deadline");
	deploy->is_lost = member_bool_or(object, "lost", false);
	deploy->is_owed = member_bool_or(object, "owed", false);
	deploy->is_untold = member_bool_or(object, "untold", false);
	const char *unit = member_string_or(object, "waits_for", "");
	text_clean(deploy->waits_for, sizeof(deploy->waits_for), unit,
		strlen(unit));
	get_error(object, &deploy->err);
}

static json_t *issued_to_json(const struct lineage *lineage)
{
	json_t *list = json_array();
	char text[TIMESTAMP_SIZE];

	for (int i = 0; i < LINEAGE_ISSUANCES && lineage->issued[i]; i++) {
		timestamp_format(lineage->issued[i], text);
		json_array_append_new(list, json_string(text));
	}
	return list;
}

static void issued_from_json(struct lineage *lineage, const json_t *list)
{
	size_t count = 0;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));
		int64_t when;
		if (count == LINEAGE_ISSUANCES)
			return;
		if (text && timestamp_parse(text, &when))
			lineage->issued[count++] = when;
	}
}

static json_t *classes_to_json(const struct lineage *lineage)
{
	json_t *list = json_array();

	for (int i = 0; i < BACKOFF_CLASSES; i++)
		json_array_append_new(
			list, json_integer(lineage->class_failures[i]));
	return list;
}

static void classes_from_json(struct lineage *lineage, const json_t *list)
{
	for (size_t i = 0; i < BACKOFF_CLASSES; i++) {
		json_int_t count = json_integer_value(json_array_get(list, i));
		if (count > 0 && count < INT32_MAX)
			lineage->class_failures[i] = (unsigned)count;
	}
}

static void paths_to_state(const struct lineage *lineage, json_t *state)
{
	if (json_object_size(lineage->paths))
		json_object_set(state, "paths", lineage->paths);
	member_put_time(state, "rehearsed", lineage->rehearsed);
	member_put_time(state, "recorded", lineage->recorded);
	member_put_time(state, "extra_try", lineage->extra_try);
	member_put_time(state, "proven", lineage->proven);
	if (lineage->is_relied)
		json_object_set_new(state, "relied", json_true());
}

static void paths_from_state(struct lineage *lineage, const json_t *state)
{
	json_decref(lineage->paths);
	lineage->paths = path_states_copy(json_object_get(state, "paths"));
	lineage->rehearsed = member_time(state, "rehearsed");
	lineage->recorded = member_time(state, "recorded");
	lineage->extra_try = member_time(state, "extra_try");
	lineage->proven = member_time(state, "proven");
	lineage->is_relied = member_bool_or(state, "relied", false);
}

json_t *lineage_to_state(const struct lineage *lineage)
{
	json_t *state =
		json_pack("{s:i, s:f, s:i, s:o, s:b, s:o, s:o, s:O, s:b, s:O}",
			"schema", SCHEMA, "seed", lineage->seed, "failures",
			(int)lineage->failures, "class_failures",
			classes_to_json(lineage), "running",
			lineage->is_running, "issued", issued_to_json(lineage),
			"deploy", deploy_to_json(&lineage->deploy), "endpoints",
			lineage->endpoints, "held", lineage->is_held, "events",
			lineage->events);

	json_object_set_new(state, "version", json_integer(lineage->version));
	if (lineage_has_certificate(lineage))
		member_put_time(state, "expiry", lineage->facts.not_after);
	member_put_time(state, "last_attempt", lineage->last_attempt);
	member_put_time(state, "not_before", lineage->not_before);
	member_put_time(state, "held_until", lineage->held_until);
	put_error(state, &lineage->err);
	json_object_set_new(
		state, "renewal_info", renewal_info_to_json(&lineage->info));
	member_put(state, "failover", failover_to_json(lineage));
	if (json_array_size(lineage->counted))
		json_object_set(state, "counted", lineage->counted);
	if (lineage->limited)
		json_object_set(state, "limited", lineage->limited);
	member_put_text(state, "directory", lineage->directory);
	member_put_text(state, "account", lineage->account);
	if (json_array_size(lineage->asked))
		json_object_set(state, "asked", lineage->asked);
	if (lineage->dead)
		json_object_set(state, "dead", lineage->dead);
	member_put_time(state, "tried_all", lineage->tried_all);
	if (lineage->is_retired)
		json_object_set_new(state, "retired", json_true());
	member_put_text(state, "subject", lineage->subject);
	if (lineage->revoking)
		json_object_set(state, "revoking", lineage->revoking);
	paths_to_state(lineage, state);
	return state;
}

/* The newest `most` of a list, without what is of another type. */
static json_t *copy_list(const json_t *list, size_t most, bool of_objects)
{
	json_t *copy = json_array();
	size_t size = json_array_size(list);

	for (size_t i = size > most ? size - most : 0; i < size; i++) {
		json_t *item = json_array_get(list, i);
		if (of_objects ? json_is_object(item) : json_is_string(item))
			json_array_append(copy, item);
	}
	return copy;
}

bool lineage_from_state(
	struct lineage *lineage, const json_t *state, struct error *err)
{
	if (member_integer_or(state, "schema", 0) != SCHEMA)
		return fail_cause(err, ERROR_LOCAL, "L5",
			"the state of '%s' has another schema than %d",
			lineage->name, SCHEMA);
	double seed = member_real_or(state, "seed", -1);
	if (seed >= 0 && seed < 1)
		lineage->seed = seed;
	lineage->failures = member_count(state, "failures");
	classes_from_json(lineage, json_object_get(state, "class_failures"));
	lineage->is_running = member_bool_or(state, "running", false);
	lineage->version_before =
		(unsigned)member_integer_or(state, "version", UINT_MAX);
	lineage->expiry_before = member_time(state, "expiry");
	lineage->last_attempt = member_time(state, "last_attempt");
	lineage->not_before = member_time(state, "not_before");
	lineage->is_held = member_bool_or(state, "held", false);
	lineage->held_until = member_time(state, "held_until");
	get_error(state, &lineage->err);
	issued_from_json(lineage, json_object_get(state, "issued"));
	deploy_from_json(&lineage->deploy, json_object_get(state, "deploy"));
	json_decref(lineage->endpoints);
	lineage->endpoints = copy_list(
		json_object_get(state, "endpoints"), MOST_ENDPOINTS, false);
	json_decref(lineage->events);
	lineage->events = copy_list(
		json_object_get(state, "events"), LINEAGE_EVENTS, true);
	renewal_info_from_json(
		&lineage->info, json_object_get(state, "renewal_info"));
	if (lineage->is_installed)
		renewal_info_bind(&lineage->info, lineage->facts.ari_id);
	failover_from_json(lineage, json_object_get(state, "failover"));
	json_decref(lineage->counted);
	lineage->counted = copy_list(
		json_object_get(state, "counted"), MOST_COUNTED, true);
	json_decref(lineage->limited);
	lineage->limited = json_is_object(json_object_get(state, "limited"))
		? json_deep_copy(json_object_get(state, "limited"))
		: NULL;
	get_string(state, "directory", &lineage->directory);
	get_string(state, "account", &lineage->account);
	json_decref(lineage->asked);
	lineage->asked = copy_list(
		json_object_get(state, "asked"), CONFIG_IDENTIFIERS_MAX, false);
	const json_t *dead = json_object_get(state, "dead");
	json_decref(lineage->dead);
	lineage->dead = json_is_object(dead) ? json_deep_copy(dead) : NULL;
	lineage->tried_all = member_time(state, "tried_all");
	lineage->is_retired = member_bool_or(state, "retired", false);
	get_string(state, "subject", &lineage->subject);
	const json_t *revoking = json_object_get(state, "revoking");
	json_decref(lineage->revoking);
	lineage->revoking =
		json_is_object(revoking) ? json_deep_copy(revoking) : NULL;
	paths_from_state(lineage, state);
	return true;
}

bool lineage_state_has_dates(
	const struct lineage *lineage, const json_t *state, struct error *err)
{
	static const char *const NAMES[] = {"expiry", "last_attempt",
		"not_before", "held_until", "tried_all", "rehearsed",
		"recorded", "extra_try", "proven"};

	for (size_t i = 0; i < sizeof(NAMES) / sizeof(*NAMES); i++) {
		const char *text = member_string_or(state, NAMES[i], NULL);
		int64_t when;
		if (text && !timestamp_parse(text, &when))
			return fail_cause(err, ERROR_LOCAL, "C4",
				"cannot read the date '%.40s' of '%s' in "
				"'state/%s.json'",
				text, NAMES[i], lineage->name);
	}
	return true;
}
