/* SPDX-License-Identifier: MIT */
#include "status.h"

#include "diagnosis.h"
#include "plan.h"
#include "timestamp.h"

static void put_text(json_t *object, const char *name, const char *value)
{
	if (value && *value)
		json_object_set_new(object, name, json_string(value));
}

static void put_time(json_t *object, const char *name, int64_t when)
{
	char text[TIMESTAMP_SIZE];

	if (when <= 0 || when == INT64_MAX)
		return;
	timestamp_format(when, text);
	put_text(object, name, text);
}

static void put(json_t *object, const char *name, json_t *value)
{
	if (value)
		json_object_set_new(object, name, value);
}

json_t *status_of_error(const struct error *err)
{
	const struct diagnosis *cause = diagnosis_find(err->code);

	if (err->kind == ERROR_NONE)
		return NULL;
	json_t *object = json_pack("{s:s, s:s}", "kind",
		error_kind_name(err->kind), "text", err->text);
	put_text(object, "code", err->code);
	if (cause) {
		put_text(object, "cause", cause->sentence);
		put_text(object, "remedy", cause->remedy);
	}
	return object;
}

static json_t *installed_of(const struct lineage *lineage)
{
	const struct certificate_facts *facts = &lineage->facts;

	if (!lineage->is_installed)
		return NULL;
	json_t *object = json_pack("{s:i, s:s, s:s, s:b}", "version",
		(int)lineage->version, "serial", facts->serial, "issuer",
		facts->issuer, "placeholder",
		certificate_is_placeholder(facts));
	put_time(object, "not_before", facts->not_before);
	put_time(object, "not_after", facts->not_after);
	return object;
}

static const char *outcome_name(enum deploy_outcome outcome)
{
	switch (outcome) {
	case DEPLOY_SERVED:
		return "served";
	case DEPLOY_UNPROVEN:
		return "unproven";
	case DEPLOY_WAITS:
		return "waits";
	case DEPLOY_FAILED:
		return "failed";
	}
	return "unproven";
}

static json_t *deploy_of(const struct lineage *lineage)
{
	const struct lineage_deploy *deploy = &lineage->deploy;

	if (!lineage_has_certificate(lineage))
		return NULL;
	json_t *object = json_pack("{s:s, s:s, s:i}", "step",
		deploy_step_name(deploy->step), "outcome",
		outcome_name(deploy->outcome), "failures",
		(int)deploy->failures);
	put_text(object, "waits_for", deploy->waits_for);
	if (deploy->outcome == DEPLOY_UNPROVEN && lineage->certificate &&
		deploy_tells_nobody(lineage->certificate))
		put_text(object, "note", "nothing reloads it");
	put_time(object, "next", deploy->next);
	put(object, "error", status_of_error(&deploy->err));
	return object;
}

static void put_configuration(
	json_t *object, const struct config_certificate *certificate)
{
	json_t *identifiers = json_array();

	for (size_t i = 0; i < certificate->identifier_count; i++)
		json_array_append_new(identifiers,
			json_string(certificate->identifiers[i].value));
	json_object_set_new(object, "identifiers", identifiers);
	put_text(object, "ca", certificate->ca->name);
	put_text(object, "key", key_type_name(certificate->key));
	put_text(object, "file", certificate->file);
}

static void put_facts_identifiers(
	json_t *object, const struct certificate_facts *facts)
{
	json_t *identifiers = json_array();

	for (size_t i = 0; i < facts->identifier_count; i++)
		json_array_append_new(
			identifiers, json_string(facts->identifiers[i].value));
	json_object_set_new(object, "identifiers", identifiers);
}

static const char *action_name(
	const struct lineage *lineage, const struct plan *plan)
{
	if (lineage->job == JOB_ISSUE)
		return "renewing";
	if (lineage->job == JOB_DEPLOY)
		return "deploying";
	switch (plan->action) {
	case PLAN_NOTHING:
		return "nothing";
	case PLAN_PLACEHOLDER:
		return "placeholder";
	case PLAN_SWITCH:
		return "switch";
	case PLAN_ISSUE:
		return lineage_has_certificate(lineage) ? "renew" : "issue";
	case PLAN_DEPLOY:
		return "deploy";
	}
	return "nothing";
}

static void put_plan(json_t *object, const struct lineage *lineage, int64_t now)
{
	struct plan plan = plan_next(lineage, now);

	put_text(object, "action", action_name(lineage, &plan));
	put_text(object, "why", plan.why);
	if (plan.action != PLAN_NOTHING)
		put_time(object, "next", plan.when > now ? plan.when : now);
	if (!lineage_has_certificate(lineage))
		return;
	put_time(object, "renewal", plan_renewal_time(lineage));
	put_time(object, "warn_at", plan_warn_time(lineage));
	json_object_set_new(object, "slack", json_integer(plan_slack(lineage)));
}

json_t *status_of(const struct lineage *lineage, int64_t now)
{
	char state[PLAN_STATE_SIZE];
	json_t *object = json_object();

	plan_state(lineage, now, state);
	put_text(object, "name", lineage->name);
	put_text(object, "state", state);
	if (lineage->certificate)
		put_configuration(object, lineage->certificate);
	else
		put_facts_identifiers(object, &lineage->facts);
	put_plan(object, lineage, now);
	put(object, "installed", installed_of(lineage));
	json_object_set_new(
		object, "attempts", json_integer(lineage->failures));
	put_time(object, "last_attempt", lineage->last_attempt);
	put(object, "error", status_of_error(&lineage->err));
	put(object, "deploy", deploy_of(lineage));
	json_object_set(object, "endpoints", lineage->endpoints);
	json_object_set_new(object, "held", json_boolean(lineage->is_held));
	put_time(object, "held_until", lineage->held_until);
	put_text(object, "waits_for_file", lineage->waits_for_file);
	put_text(object, "problem", lineage->problem);
	return object;
}
