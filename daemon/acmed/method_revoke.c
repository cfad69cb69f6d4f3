/* SPDX-License-Identifier: MIT */
#include "method.h"

#include "json.h"
#include "mem.h"
#include "method_follow.h"
#include "plan.h"
#include "revoker.h"
#include "status.h"
#include "text.h"

#include <time.h>

/* The vault keeps so many versions (daemon/vault/archive.h). */
#define KEPT_VERSIONS 3

/*
 * One call. What is to be revoked stands in the lineage's state as well:
 * {"version","serial","reason","directory","account"}, until it is done, and
 * "revoked": true when the CA has done it and the vault could not note it.
 */
struct revoking {
	struct methods *methods;
	struct following *follow;
	struct work_wait *wait; /* for the new one, deployed */
	struct revoker *revoker;
};

static void stop(struct call *call)
{
	struct revoking *revoking = take(call->state);

	follow_lineage(revoking->follow)->watchers--;
	follow_free(revoking->follow);
	if (revoking->wait)
		work_forget(revoking->wait);
	revoker_cancel(revoking->revoker);
	free(revoking);
}

static void fail_call(struct call *call, const struct error *err)
{
	struct error failure = *err;

	stop(call);
	method_fail(call, &failure);
}

static const char *subject_text(
	const struct lineage *lineage, const char *member)
{
	return member_string_or(lineage->revoking, member, NULL);
}

static unsigned subject_version(const struct lineage *lineage)
{
	return (unsigned)member_integer_or(lineage->revoking, "version", 0);
}

/* Last: it is done. */

static const char *what_follows(const struct lineage *lineage)
{
	if (!lineage->certificate)
		return "";
	return plan_is_held(lineage, time(NULL))
		? "; no other one is ordered, for it is on hold: 'acmectl "
		  "unhold' ends that"
		: "; another one is ordered now";
}

/* What could not be noted stays as it was asked for, and is known to be so. */
static void note_revoked(
	struct fleet *fleet, struct lineage *lineage, bool is_noted)
{
	cleanup(json) json_t *done = json_incref(lineage->revoking);
	bool is_installed = subject_version(lineage) == lineage->version;

	if (!is_noted) {
		json_object_set_new(done, "revoked", json_true());
	} else {
		lineage->is_marked |= is_installed;
		json_decref(take(lineage->revoking));
	}
	fleet_tell(fleet, lineage,
		&(struct event){.name = "revoked", .priority = LOG_NOTICE},
		"serial %s is revoked (%s)%s",
		member_string_or(done, "serial", ""),
		member_string_or(done, "reason", ""),
		is_installed ? what_follows(lineage) : "");
	fleet_save(fleet, lineage, NULL, NULL);
	fleet_changed(fleet, lineage);
}

static void finish(struct call *call, json_t *done)
{
	struct revoking *revoking = call->state;
	json_t *certificate =
		status_of(follow_lineage(revoking->follow), time(NULL));

	stop(call);
	call_end(call,
		json_pack("{s:O*, s:o}", "revoked", done, "certificate",
			certificate));
}

static void on_revoked(void *data, bool is_revoked, const struct error *err)
{
	struct call *call = data;
	struct revoking *revoking = call->state;
	struct fleet *fleet = schedule_fleet(revoking->methods->schedule);
	struct lineage *lineage = follow_lineage(revoking->follow);
	cleanup(json) json_t *subject = json_incref(lineage->revoking);

	revoking->revoker = NULL;
	if (is_revoked)
		note_revoked(fleet, lineage, !err);
	if (err)
		fail_call(call, err);
	else
		finish(call, subject);
}

/* Second: the CA that issued it, if it is still configured. */

static struct ca *find_ca(struct fleet *fleet, const struct lineage *lineage)
{
	const struct config *config = fleet->snapshot->config;
	const char *directory = subject_text(lineage, "directory");

	for (size_t i = 0; directory && i < config->ca_count; i++)
		if (streq(config->cas[i]->directory, directory))
			return fleet_take_ca(fleet, config->cas[i], false);
	if (directory || !lineage->certificate)
		return NULL;
	return fleet_take_ca(fleet, lineage->certificate->ca, false);
}

static void ask_ca(struct call *call)
{
	struct revoking *revoking = call->state;
	struct fleet *fleet = schedule_fleet(revoking->methods->schedule);
	const struct lineage *lineage = follow_lineage(revoking->follow);
	struct ca *ca = find_ca(fleet, lineage);
	struct error err;

	if (!ca) {
		fail(&err, ERROR_REFUSED,
			"the CA that issued it ('%s') is not configured",
			member_string_or(lineage->revoking, "directory", ""));
		fail_call(call, &err);
		return;
	}
	struct revoker_wish wish = {
		.ca = ca,
		.vault = fleet->vault,
		.name = lineage->name,
		.version = subject_version(lineage),
		.account = subject_text(lineage, "account"),
		.on_end = on_revoked,
		.data = call,
	};
	revocation_reason_parse(
		member_string_or(lineage->revoking, "reason", ""),
		&wish.reason);
	revoking->revoker = revoker_start(&wish);
	ca_unref(ca);
}

/* First: another one takes its place, and is in service. */

static bool is_replaced(const struct lineage *lineage, struct error *err)
{
	const struct lineage_deploy *deploy = &lineage->deploy;

	if (subject_version(lineage) == lineage->version)
		return fail(err, ERROR_REFUSED,
			"'%s' was not replaced, and so not revoked; --now "
			"revokes it at once",
			lineage->name);
	if (deploy->step == DEPLOY_DONE)
		return true;
	return fail(err, ERROR_REFUSED,
		"serial %s is not revoked yet, for the new one is not in "
		"service%s%s: repeat this later, or with --now",
		member_string_or(lineage->revoking, "serial", ""),
		*deploy->waits_for ? ", it waits for " : "", deploy->waits_for);
}

static void on_idle(
	void *data, struct lineage *lineage, const struct error *err)
{
	struct call *call = data;
	struct revoking *revoking = call->state;
	struct error failure = err ? *err : (struct error){0};

	revoking->wait = NULL;
	if (err) {
		error_prefix(&failure,
			subject_version(lineage) == lineage->version
				? "not replaced, and so not revoked"
				: "not revoked yet, for the new one is not "
				  "in service");
		fail_call(call, &failure);
		return;
	}
	if (is_replaced(lineage, &failure))
		ask_ca(call);
	else
		fail_call(call, &failure);
}

static void replace(struct call *call)
{
	struct revoking *revoking = call->state;
	struct schedule *schedule = revoking->methods->schedule;
	struct lineage *lineage = follow_lineage(revoking->follow);
	bool is_first = subject_version(lineage) == lineage->version;
	const struct renew_wish wish = {.is_forced = true};
	struct error why = {0};

	if (is_first && !schedule_renew(schedule, lineage, &wish, &why)) {
		error_prefix(&why, "not replaced, and so not revoked");
		fail_call(call, &why);
		return;
	}
	revoking->wait =
		work_await(schedule_work(schedule), lineage, on_idle, call);
}

/* What is asked for. */

static json_t *describe(const struct lineage *lineage)
{
	json_t *subject = json_pack("{s:i, s:s}", "version",
		(int)lineage->version, "serial", lineage->facts.serial);

	if (lineage->directory)
		json_object_set_new(
			subject, "directory", json_string(lineage->directory));
	if (lineage->account)
		json_object_set_new(
			subject, "account", json_string(lineage->account));
	return subject;
}

/* One that a human wanted before goes first, as long as there is a copy. */
static void note(struct lineage *lineage, enum revocation_reason reason)
{
	unsigned before = subject_version(lineage);

	if (!before || before + KEPT_VERSIONS <= lineage->version ||
		before > lineage->version) {
		json_decref(lineage->revoking);
		lineage->revoking = describe(lineage);
	}
	json_object_set_new(lineage->revoking, "reason",
		json_string(revocation_reason_name(reason)));
}

static bool read_reason(struct call *call, enum revocation_reason *reason)
{
	const char *name = method_parameter(call, "reason");

	if (!name || revocation_reason_parse(name, reason))
		return true;
	method_fail_parameter(call, "reason");
	return false;
}

void method_revoke(struct methods *methods, struct call *call)
{
	bool is_now = member_bool_or(call->parameters, "now", false);
	enum revocation_reason reason =
		is_now ? REVOCATION_UNSPECIFIED : REVOCATION_SUPERSEDED;
	struct lineage *lineage = method_find_loaded(methods, call);
	struct error why;

	if (!lineage || !read_reason(call, &reason))
		return;
	if (!lineage_has_certificate(lineage)) {
		fail(&why, ERROR_REFUSED, "'%s' has no certificate to revoke",
			lineage->name);
		method_refuse(call, &why);
		return;
	}
	note(lineage, reason);
	fleet_save(schedule_fleet(methods->schedule), lineage, NULL, NULL);
	struct revoking *revoking = mem_new(sizeof(*revoking));
	revoking->methods = methods;
	revoking->follow = follow_new(methods, call, lineage);
	lineage->watchers++;
	call->state = revoking;
	call->on_cancel = stop;
	if (is_now)
		ask_ca(call);
	else
		replace(call);
}
