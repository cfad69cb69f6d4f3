/* SPDX-License-Identifier: MIT */
#include "lineage.h"

#include "failover.h"
#include "json.h"
#include "mem.h"
#include "member.h"
#include "path_state.h"
#include "random.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>

/* The whole state of a lineage has 64 KiB. */
#define MOST_EVENT_BYTES (40 * 1024)

struct lineage *lineage_new(const char *name)
{
	struct lineage *lineage = calloc(1, sizeof(*lineage));

	if (!lineage)
		abort();
	lineage->name = mem_string(name);
	lineage->seed = random_real();
	lineage->events = json_array();
	lineage->endpoints = json_array();
	lineage->paths = json_object();
	lineage->deploy = (struct lineage_deploy){
		.step = DEPLOY_DONE, .outcome = DEPLOY_UNPROVEN};
	return lineage;
}

void lineage_free(struct lineage *lineage)
{
	if (!lineage)
		return;
	certificate_facts_clear(&lineage->facts);
	json_decref(lineage->order);
	json_decref(lineage->events);
	json_decref(lineage->endpoints);
	json_decref(lineage->paths);
	json_decref(lineage->asked);
	json_decref(lineage->dead);
	failover_free(lineage->failover);
	json_decref(lineage->counted);
	json_decref(lineage->limited);
	free(lineage->paced_by);
	json_decref(lineage->revoking);
	free(lineage->waits_for_file);
	free(lineage->problem);
	free(lineage->damage);
	free(lineage->unread);
	free(lineage->misplaced);
	free(lineage->unsaved);
	free(lineage->subject);
	free(lineage->directory);
	free(lineage->account);
	free(lineage->name);
	free(lineage);
}

bool lineage_set_version(
	struct lineage *lineage, const json_t *version, struct error *err)
{
	struct certificate_facts facts = {0};
	unsigned number = member_count(version, "version");

	if (!number)
		return fail(err, ERROR_LOCAL,
			"the vault names no version of '%s'", lineage->name);
	const json_t *object = member_object(version, "facts", err);
	if (!object || !certificate_facts_from_json(object, &facts, err))
		return false;
	certificate_facts_clear(&lineage->facts);
	lineage->facts = facts;
	lineage->version = number;
	lineage->is_installed = true;
	free(take(lineage->damage));
	free(take(lineage->misplaced));
	lineage->unplaced = 0;
	lineage->is_marked = member_bool_or(version, "revoked", false);
	snprintf(lineage->request, sizeof(lineage->request), "%s",
		member_string_or(version, "request", ""));
	renewal_info_bind(&lineage->info, lineage->facts.ari_id);
	return true;
}

bool lineage_is_revoked(const struct lineage *lineage)
{
	const json_t *subject = lineage->revoking;

	return lineage->is_marked ||
		(member_bool_or(subject, "revoked", false) &&
			member_integer_or(subject, "version", 0) ==
				lineage->version);
}

void lineage_note_proof(struct lineage *lineage, int64_t now)
{
	lineage->is_relied = lineage->is_reusing;
	if (!lineage->proven)
		lineage->proven = now; /* what is not known is no trouble */
	lineage->is_reusing = false;
}

void lineage_set_origin(
	struct lineage *lineage, const char *directory, const char *account)
{
	char *old_directory = lineage->directory;
	char *old_account = lineage->account;

	lineage->directory = mem_string(directory);
	lineage->account = mem_string(account);
	free(old_directory);
	free(old_account);
}

void lineage_set_asked(
	struct lineage *lineage, const struct config_certificate *certificate)
{
	json_decref(lineage->asked);
	lineage->asked = json_array();
	for (size_t i = 0; i < certificate->identifier_count; i++)
		json_array_append_new(lineage->asked,
			json_string(certificate->identifiers[i].value));
}

static bool was_asked_for(
	const struct lineage *lineage, const struct identifier *identifier)
{
	const json_t *value;
	size_t i;

	json_array_foreach (lineage->asked, i, value)
		if (streq(json_string_value(value), identifier->value))
			return true;
	return false;
}

static bool covers(const struct certificate_facts *facts,
	const struct identifier *identifier)
{
	return identifier_is_in(
		facts->identifiers, facts->identifier_count, identifier);
}

bool lineage_has_its_names(const struct lineage *lineage)
{
	const struct config_certificate *certificate = lineage->certificate;
	const struct certificate_facts *facts = &lineage->facts;

	if (config_certificate_same_set(
		    certificate, facts->identifiers, facts->identifier_count))
		return true;
	if (json_array_size(lineage->asked) != certificate->identifier_count)
		return false;
	for (size_t i = 0; i < certificate->identifier_count; i++)
		if (!was_asked_for(lineage, &certificate->identifiers[i]) ||
			!covers(facts, &certificate->identifiers[i]))
			return false;
	return true;
}

bool lineage_has_its_request(const struct lineage *lineage)
{
	char wanted[CSR_HASH_SIZE] = "";

	if (lineage->certificate->csr)
		csr_hash(lineage->certificate->csr, wanted);
	return streq(lineage->request, wanted);
}

void lineage_keep_error(struct error **kept, const struct error *err)
{
	if (!*kept)
		*kept = mem_new(sizeof(**kept));
	**kept = *err;
}

static void set_error(struct error **out, const json_t *object)
{
	struct error err;

	free(take(*out));
	if (!json_is_object(object))
		return;
	fail_cause(&err, ERROR_LOCAL, member_string_or(object, "code", ""),
		"%s", member_string_or(object, "text", ""));
	lineage_keep_error(out, &err);
}

/* One that is damaged has its number still: there is a way back from it. */
static void set_damage(struct lineage *lineage, const json_t *damaged)
{
	set_error(&lineage->damage, damaged);
	if (lineage->damage)
		lineage->version = member_count(damaged, "version");
}

bool lineage_from_vault(
	struct lineage *lineage, const json_t *object, struct error *err)
{
	const json_t *installed = json_object_get(object, "installed");
	const json_t *order = json_object_get(object, "order");
	const char *problem = member_string_or(object, "problem", NULL);

	free(lineage->problem);
	lineage->problem = problem ? strdup(problem) : NULL;
	set_error(&lineage->unread,
		lineage->is_loaded ? NULL : json_object_get(object, "unread"));
	/* A vault that cannot see knows no more than we do. */
	if (lineage->is_loaded && member_bool_or(object, "unseen", false))
		return true;
	lineage->is_installed = false;
	set_damage(lineage, json_object_get(object, "damaged"));
	if (json_is_object(installed) &&
		!lineage_set_version(lineage, installed, err))
		return false;
	json_decref(lineage->order);
	lineage->order = json_is_object(order) ? json_deep_copy(order) : NULL;
	lineage->staged =
		member_count(json_object_get(object, "staged"), "version");
	return true;
}

void lineage_add_event(struct lineage *lineage, json_t *event)
{
	json_array_append_new(lineage->events, event);
	while (json_array_size(lineage->events) > LINEAGE_EVENTS ||
		json_dumpb(lineage->events, NULL, 0, JSON_COMPACT) >
			MOST_EVENT_BYTES)
		json_array_remove(lineage->events, 0);
}

void lineage_add_issuance(struct lineage *lineage, int64_t when)
{
	for (int i = LINEAGE_ISSUANCES - 1; i > 0; i--)
		lineage->issued[i] = lineage->issued[i - 1];
	lineage->issued[0] = when;
}

void lineage_set_failure(struct lineage *lineage, const struct error *err)
{
	if (!err) {
		lineage->failures = 0;
		memset(lineage->class_failures, 0,
			sizeof(lineage->class_failures));
		lineage->not_before = 0;
		lineage->err = (struct error){0};
		return;
	}
	lineage->failures++;
	lineage->class_failures[backoff_class_of(err)]++;
	lineage->err = *err;
}

void lineage_set_unplaced(struct lineage *lineage, const struct error *err)
{
	lineage_keep_error(&lineage->misplaced, err);
	lineage->unplaced++;
}

const struct config_ca *lineage_ca(const struct lineage *lineage)
{
	return failover_ca(lineage);
}

bool lineage_has_certificate(const struct lineage *lineage)
{
	return lineage->is_installed &&
		!certificate_is_placeholder(&lineage->facts);
}

bool lineage_is_served(const struct lineage *lineage)
{
	return lineage_has_certificate(lineage) && !lineage->is_unserved &&
		json_array_size(lineage->endpoints);
}

/* The daily look finds what is lost, unless it says that nobody has read it
 * since it was installed (P1). */
bool lineage_was_served(const struct lineage *lineage)
{
	const struct lineage_deploy *deploy = &lineage->deploy;

	if (deploy->step == DEPLOY_DONE)
		return deploy->outcome == DEPLOY_SERVED;
	return deploy->is_lost && !streq(deploy->err.code, "P1");
}

bool lineage_waits_for_file(const struct lineage *lineage)
{
	const struct lineage_deploy *deploy = &lineage->deploy;

	return lineage->waits_for_file && deploy->outcome == DEPLOY_WAITS &&
		deploy->step < DEPLOY_RELOAD && deploy->next;
}

int64_t lineage_deadline(const struct lineage *lineage)
{
	const struct lineage_deploy *deploy = &lineage->deploy;

	if (deploy->step == DEPLOY_DONE || lineage_was_served(lineage))
		return 0;
	return deploy->deadline;
}

bool lineage_set_subject(struct lineage *lineage, const char *subject)
{
	if (lineage->subject && streq(lineage->subject, subject))
		return false;
	bool is_first = !lineage->subject;
	free(lineage->subject);
	lineage->subject = mem_string(subject);
	if (is_first)
		return false;
	lineage_set_failure(lineage, NULL);
	failover_free(take(lineage->failover));
	path_states_renew(lineage->paths);
	json_decref(take(lineage->dead));
	lineage->is_retired = false;
	lineage->is_outdated = lineage->job == JOB_ISSUE;
	return true;
}
