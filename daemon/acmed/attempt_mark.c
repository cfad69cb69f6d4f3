/* SPDX-License-Identifier: MIT */
#include "attempt_mark.h"

#include "failover.h"
#include "mem.h"
#include "notices.h"
#include "setback.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static void warn_of_staple(struct fleet *fleet, struct lineage *lineage)
{
	const struct config_certificate *certificate = lineage->certificate;

	if (certificate->wants_staple)
		fleet_tell(fleet, lineage,
			&(struct event){
				.name = "step", .priority = LOG_WARNING},
			"'CSR=%s' asks for must-staple, which most CAs refuse",
			certificate->csr_file);
}

void attempt_mark_begun(struct fleet *fleet, struct lineage *lineage,
	const struct config_ca *ca, bool is_dry)
{
	fleet_tell(fleet, lineage,
		&(struct event){
			.name = "attempt",
			.priority = LOG_DEBUG,
			.attempt = lineage->failures + 1,
		},
		"%s with CA '%s' begins", is_dry ? "a dry run" : "an attempt",
		ca->name);
	warn_of_staple(fleet, lineage);
}

struct helper_call *attempt_mark(struct fleet *fleet, struct lineage *lineage,
	void (*on_saved)(
		void *data, const json_t *reply, const struct error *err),
	void *data)
{
	unsigned failures = lineage->failures;
	struct error err;

	fail(&err, ERROR_TRANSIENT, "acmed was interrupted in this attempt");
	lineage->last_attempt = time(NULL);
	lineage->is_running = true;
	lineage->is_forced = false;
	lineage->is_reusing = false;
	lineage->is_interrupted = false;
	lineage->ignores_limits = false;
	lineage->paced_until = 0;
	struct lineage before = *lineage;
	lineage_set_failure(lineage, &err);
	setback_schedule(lineage, &err, lineage->last_attempt);
	struct helper_call *call = fleet_save(fleet, lineage, on_saved, data);
	lineage->failures = failures;
	memcpy(lineage->class_failures, before.class_failures,
		sizeof(before.class_failures));
	lineage->err = before.err;
	return call;
}

void attempt_mark_failed(struct fleet *fleet, struct lineage *lineage,
	const struct config_ca *ca, const struct error *err)
{
	char words[SETBACK_WORDS_SIZE];
	int64_t now = time(NULL);

	lineage->is_running = false;
	lineage_set_failure(lineage, err);
	setback_schedule(lineage, err, now);
	failover_note(lineage, err, now);
	int64_t next = setback_next_try(lineage, now, words);
	fleet_tell(fleet, lineage,
		&(struct event){
			.name = "failed",
			.priority = setback_priority(lineage, now),
			.ca = ca->name,
			.err = err,
			.attempt = lineage->failures,
			.next = next,
		},
		"not renewed: %s; %s", err->text, words);
	fleet_save(fleet, lineage, NULL, NULL);
}

void attempt_mark_unadded(struct fleet *fleet, struct lineage *lineage,
	const struct config_ca *ca, const struct error *err)
{
	lineage->is_running = false;
	lineage_set_failure(lineage, NULL);
	fleet_tell(fleet, lineage,
		&(struct event){.name = "step",
			.priority = LOG_NOTICE,
			.ca = ca->name,
			.err = err},
		"still without some of its names: %s", err->text);
	fleet_save(fleet, lineage, NULL, NULL);
}

/* Until the new version is deployed, the one before it is served, which ends
 * at `expiry`; unless that is not in service either. */
static int64_t deploy_deadline(const struct lineage *lineage, int64_t expiry)
{
	int64_t deadline = lineage_deadline(lineage);

	return expiry && deadline ? deadline : expiry;
}

/* Its order went with the switch. */
static void mark_installed(
	struct fleet *fleet, struct lineage *lineage, int64_t deadline)
{
	json_decref(lineage->order);
	lineage->order = NULL;
	lineage->is_interrupted = false;
	lineage->is_running = false;
	lineage->is_retired = false;
	lineage->staged = 0;
	lineage_set_failure(lineage, NULL);
	failover_succeed(lineage);
	lineage_add_issuance(lineage, time(NULL));
	lineage_note_proof(lineage, time(NULL));
	lineage->deploy = (struct lineage_deploy){
		.step = DEPLOY_EXPORT, .deadline = deadline};
	notices_installed(fleet, lineage);
}

bool attempt_mark_issued(struct fleet *fleet, struct lineage *lineage,
	const json_t *version, struct error *err)
{
	bool is_first = !lineage_has_certificate(lineage);
	int64_t deadline = deploy_deadline(
		lineage, is_first ? 0 : lineage->facts.not_after);
	char anchor[CERTIFICATE_NAME_SIZE] = "";

	if (!is_first)
		memcpy(anchor, lineage->facts.anchor, sizeof(anchor));
	if (!lineage_set_version(lineage, version, err))
		return false;
	free(take(lineage->problem)); /* of the one before */
	mark_installed(fleet, lineage, deadline);
	notices_root(fleet, lineage, anchor);
	fleet_save(fleet, lineage, NULL, NULL);
	return true;
}

bool attempt_mark_unheard(struct fleet *fleet, struct lineage *lineage)
{
	if (!lineage->is_running || !lineage_has_certificate(lineage) ||
		lineage->version <= lineage->version_before)
		return false;
	mark_installed(fleet, lineage,
		deploy_deadline(lineage, lineage->expiry_before));
	return true;
}
