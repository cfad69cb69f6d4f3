/* SPDX-License-Identifier: MIT */
#include "status.h"

#include "left_out.h"
#include "member.h"
#include "plan.h"

json_t *status_of_error(const struct error *err)
{
	if (err->kind == ERROR_NONE)
		return NULL;
	json_t *object = json_pack("{s:s, s:s}", "kind",
		error_kind_name(err->kind), "text", err->text);
	member_put_text(object, "code", err->code);
	member_explain(object);
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
	if (lineage_is_revoked(lineage))
		json_object_set_new(object, "revoked", json_true());
	if (*lineage->request)
		json_object_set_new(object, "key_elsewhere", json_true());
	member_put_time(object, "not_before", facts->not_before);
	member_put_time(object, "not_after", facts->not_after);
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
	member_put_text(object, "waits_for", deploy->waits_for);
	if (deploy->outcome == DEPLOY_UNPROVEN && lineage->certificate &&
		deploy_tells_nobody(lineage->certificate))
		member_put_text(object, "note", "nothing reloads it");
	member_put_time(object, "next", deploy->next);
	member_put_time(object, "deadline", lineage_deadline(lineage));
	member_put(object, "error", status_of_error(&deploy->err));
	return object;
}

/* What its CA says of the date (RFC 9773). */
static json_t *renewal_info_of(const struct lineage *lineage)
{
	const struct renewal_info *info = &lineage->info;

	if (!info->selected)
		return NULL;
	json_t *object = json_object();
	member_put_time(object, "start", info->start);
	member_put_time(object, "end", info->end);
	member_put_time(object, "selected", info->selected);
	member_put_text(object, "explanation", info->explanation);
	return object;
}

/* What its CA said last of its limits, while that lasts. */
static json_t *limit_of(const struct lineage *lineage, int64_t now)
{
	if (member_time(lineage->limited, "until") <= now)
		return NULL;
	return json_incref(lineage->limited);
}

/* All of its CAs in their order, when there are several. */
static json_t *others_of(const struct config_certificate *certificate)
{
	json_t *list = json_array();

	if (certificate->other_count)
		json_array_append_new(list, json_string(certificate->ca->name));
	for (size_t i = 0; i < certificate->other_count; i++)
		json_array_append_new(
			list, json_string(certificate->others[i]->name));
	return list;
}

static void put_configuration(json_t *object, const struct lineage *lineage)
{
	const struct config_certificate *certificate = lineage->certificate;

	member_put(object, "identifiers",
		member_identifiers(certificate->identifiers,
			certificate->identifier_count));
	member_put_text(object, "ca", lineage_ca(lineage)->name);
	member_put(object, "failover", others_of(certificate));
	member_put_text(object, "key", key_type_name(certificate->key));
	member_put_text(object, "csr", certificate->csr_file);
	member_put_text(object, "file", certificate->file);
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

	member_put_text(object, "action", action_name(lineage, &plan));
	member_put_text(object, "why", plan.why);
	if (plan.action != PLAN_NOTHING)
		member_put_time(
			object, "next", plan.when > now ? plan.when : now);
	if (!lineage_has_certificate(lineage))
		return;
	member_put_time(object, "renewal", plan_renewal_time(lineage));
	member_put_time(object, "warn_at", plan_warn_time(lineage));
	json_object_set_new(object, "slack", json_integer(plan_slack(lineage)));
	member_put(object, "renewal_info", renewal_info_of(lineage));
}

json_t *status_of(const struct lineage *lineage, int64_t now)
{
	char state[PLAN_STATE_SIZE];
	json_t *object = json_object();

	plan_state(lineage, now, state);
	member_put_text(object, "name", lineage->name);
	member_put_text(object, "state", state);
	if (lineage->certificate)
		put_configuration(object, lineage);
	else
		member_put(object, "identifiers",
			member_identifiers(lineage->facts.identifiers,
				lineage->facts.identifier_count));
	put_plan(object, lineage, now);
	member_put(object, "installed", installed_of(lineage));
	json_object_set_new(
		object, "attempts", json_integer(lineage->failures));
	member_put_time(object, "last_attempt", lineage->last_attempt);
	member_put(object, "error",
		status_of_error(lineage->misplaced ? lineage->misplaced
						   : &lineage->err));
	member_put(object, "limit", limit_of(lineage, now));
	member_put(object, "deploy", deploy_of(lineage));
	json_object_set_new(object, "endpoints",
		lineage->is_unserved ? json_array()
				     : json_incref(lineage->endpoints));
	json_object_set_new(object, "held", json_boolean(lineage->is_held));
	member_put_time(object, "held_until", lineage->held_until);
	member_put_text(object, "waits_for_file", lineage->waits_for_file);
	member_put(object, "left_out", left_out_list(lineage));
	member_put_text(object, "problem", lineage->problem);
	member_put(object, "revoking", json_incref(lineage->revoking));
	return object;
}
