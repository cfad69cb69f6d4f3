/* SPDX-License-Identifier: MIT */
#include "attempt.h"

#include "attempt_mark.h"
#include "attempt_walk.h"
#include "budget.h"
#include "clock.h"
#include "dry_run.h"
#include "json.h"
#include "left_out.h"
#include "mem.h"
#include "notices.h"
#include "plan.h"
#include "renewal.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define VAULT_DEADLINE 30.0

struct attempt {
	struct fleet *fleet;
	struct lineage *lineage; /* borrowed; outlives the attempt */
	struct snapshot *snapshot;
	const struct config_certificate *certificate;
	const struct config_ca *ca; /* of those that may issue it */
	struct renewal *renewal;
	struct helper_call *call;
	struct attempt_walk *walk; /* or NULL */
	struct dry_run *dry; /* instead of all the above; or NULL */
	double step_since; /* when the order's step began */
	json_t *without; /* owned: names that are left out, or NULL */
	json_t *blockers; /* owned: names that the CA could not validate */
	bool is_counted; /* by the limits of its CA */
	bool is_ordered; /* the CA has an order of this attempt */
	void (*on_end)(void *data, const struct error *err);
	void *data;
};

static void free_attempt(struct attempt *attempt)
{
	if (attempt->call)
		helper_cancel(attempt->call);
	renewal_cancel(attempt->renewal);
	dry_run_cancel(attempt->dry);
	attempt_walk_cancel(attempt->walk);
	snapshot_unref(attempt->snapshot);
	json_decref(attempt->without);
	json_decref(attempt->blockers);
	free(attempt);
}

static void end(struct attempt *attempt, const struct error *err)
{
	struct fleet *fleet = attempt->fleet;
	struct lineage *lineage = attempt->lineage;
	void (*on_end)(void *, const struct error *) = attempt->on_end;
	void *data = attempt->data;

	free_attempt(attempt);
	lineage->job = JOB_NONE;
	fleet_changed(fleet, lineage);
	on_end(data, err);
}

/* Some names were left out, and all of them do not go yet: what is installed
 * stays as it is, which is no failure. */
static bool is_adding(const struct attempt *attempt)
{
	return left_out_is_reduced(attempt->lineage) && !attempt->without &&
		plan_renewal_time(attempt->lineage) > time(NULL);
}

static void fail_attempt(struct attempt *attempt, const struct error *err)
{
	struct lineage *lineage = attempt->lineage;

	if (attempt->is_counted)
		budget_end(attempt->fleet, lineage, attempt->is_ordered, err,
			time(NULL));
	left_out_note(
		lineage, attempt->blockers, !attempt->without, time(NULL));
	if (is_adding(attempt))
		attempt_mark_unadded(attempt->fleet, lineage, attempt->ca, err);
	else
		attempt_mark_failed(attempt->fleet, lineage, attempt->ca, err);
	end(attempt, err);
}

static void succeed(struct attempt *attempt, const json_t *version)
{
	struct error err;

	if (!attempt_mark_issued(
		    attempt->fleet, attempt->lineage, version, &err)) {
		fail_attempt(attempt, &err);
		return;
	}
	left_out_issued(attempt->fleet, attempt->lineage, attempt->without);
	fleet_save(attempt->fleet, attempt->lineage, NULL, NULL);
	end(attempt, NULL);
}

/* The renewal speaks. */

static void on_step(
	void *data, const char *subject, const char *from, const char *to)
{
	struct attempt *attempt = data;
	struct event event = {.name = "step", .priority = LOG_DEBUG};
	double now = clock_seconds();

	attempt_walk_note(attempt->fleet, attempt->lineage, subject, from, to);
	if (streq(subject, "order")) {
		event.step = from;
		event.seconds = now - attempt->step_since;
		event.ca = attempt->ca->name;
		attempt->step_since = now;
	}
	fleet_tell(attempt->fleet, attempt->lineage, &event, "%s: %s -> %s",
		subject, from, to);
}

static void on_warning(void *data, const char *text)
{
	struct attempt *attempt = data;

	fleet_tell(attempt->fleet, attempt->lineage,
		&(struct event){.name = "step", .priority = LOG_WARNING}, "%s",
		text);
}

static void on_order(void *data, json_t *order)
{
	struct attempt *attempt = data;

	json_decref(attempt->lineage->order);
	attempt->lineage->order = order;
	attempt->is_ordered |= order != NULL;
}

static void on_renewed(void *data, const struct renewal_result *result)
{
	struct attempt *attempt = data;

	attempt->renewal = NULL;
	if (result->version) {
		lineage_set_origin(attempt->lineage, result->origin.directory,
			result->origin.account);
		lineage_set_asked(attempt->lineage, attempt->certificate);
		notices_issued(
			attempt->fleet, attempt->lineage, result->version);
	}
	if (result->is_issued) {
		succeed(attempt, result->version);
		return;
	}
	if (result->version)
		attempt->lineage->staged = (unsigned)member_integer_or(
			result->version, "version", 0);
	struct error err = result->err;
	attempt->blockers = json_incref((json_t *)result->blockers);
	attempt_walk_explain(attempt->walk, &err);
	left_out_explain(attempt->certificate, attempt->blockers, &err);
	fail_attempt(attempt, &err);
}

static void start_renewal(struct attempt *attempt, struct ca *ca)
{
	struct fleet *fleet = attempt->fleet;
	const struct lineage *lineage = attempt->lineage;
	struct renewal_wish wish = {
		.loop = fleet->loop,
		.vault = fleet->vault,
		.solvers = fleet->solvers,
		.ca = ca,
		.certificate = attempt->certificate,
		.issuer = attempt->ca,
		.order = attempt->lineage->order,
		.without = attempt->without,
		.ari_id = lineage->is_installed ? lineage->facts.ari_id : NULL,
		.origin = {lineage->directory, lineage->account},
		.on_step = on_step,
		.on_warning = on_warning,
		.on_order = on_order,
		.on_end = on_renewed,
		.data = attempt,
	};

	attempt->step_since = clock_seconds();
	attempt->renewal = renewal_start(&wish);
	ca_unref(ca);
}

/* Before the CA: disk and state. */

static void on_probed(void *data, const json_t *reply, const struct error *err)
{
	struct attempt *attempt = data;

	(void)reply;
	attempt->call = NULL;
	if (err)
		fail_attempt(attempt, err);
	else
		start_renewal(attempt,
			fleet_take_ca(attempt->fleet, attempt->ca, false));
}

static void on_begun(void *data, const json_t *reply, const struct error *err)
{
	struct attempt *attempt = data;

	(void)reply;
	attempt->call = NULL;
	if (err) {
		fail_attempt(attempt, err);
		return;
	}
	on_step(attempt, "attempt", "begin", "probe");
	attempt->call = helper_call(attempt->fleet->vault,
		json_pack("{s:s}", "verb", "probe"), VAULT_DEADLINE, on_probed,
		attempt);
}

static void begin(struct attempt *attempt)
{
	if (!attempt->without)
		attempt->lineage->tried_all = time(NULL);
	attempt->call = attempt_mark(
		attempt->fleet, attempt->lineage, on_begun, attempt);
}

/* The CA hears nothing of it while its path is broken, nor of what a file said
 * that has changed meanwhile: for that another one begins. */
static void on_ready(void *data, bool is_gated)
{
	struct attempt *attempt = data;
	struct lineage *lineage = attempt->lineage;
	bool is_outdated = lineage->is_outdated || !lineage->certificate;
	struct error err;

	if (!is_gated && !is_outdated) {
		begin(attempt);
		return;
	}
	fail(&err, ERROR_TRANSIENT, "the CA is not asked");
	budget_end(attempt->fleet, lineage, false, &err, time(NULL));
	err = lineage->err;
	end(attempt, is_outdated ? NULL : &err);
}

/* An order that is in flight already goes on. */
static void walk(struct attempt *attempt)
{
	struct lineage *lineage = attempt->lineage;

	/* Others that begin meanwhile have to know of it. */
	budget_begin(attempt->fleet, lineage, time(NULL));
	attempt->is_counted = true;
	attempt->is_ordered = lineage->order != NULL;
	attempt->without = left_out_now(lineage, time(NULL));
	if (!lineage->order && !attempt->without)
		attempt->walk = attempt_walk_start(&(struct attempt_walk_wish){
			.fleet = attempt->fleet,
			.lineage = lineage,
			.on_ready = on_ready,
			.data = attempt,
		});
	if (!attempt->walk)
		begin(attempt);
}

static struct attempt *new_attempt(struct fleet *fleet, struct lineage *lineage,
	void (*on_end)(void *data, const struct error *err), void *data)
{
	struct attempt *attempt = mem_new(sizeof(*attempt));

	attempt->fleet = fleet;
	attempt->lineage = lineage;
	attempt->snapshot = snapshot_ref(fleet->snapshot);
	attempt->certificate = lineage->certificate;
	attempt->ca = lineage_ca(lineage);
	attempt->on_end = on_end;
	attempt->data = data;
	lineage->job = JOB_ISSUE;
	lineage->is_outdated = false;
	return attempt;
}

static void on_dry(void *data, const struct error *err)
{
	struct attempt *attempt = data;

	attempt->dry = NULL;
	end(attempt, err);
}

struct attempt *attempt_start(struct fleet *fleet, struct lineage *lineage,
	bool is_dry, void (*on_end)(void *data, const struct error *err),
	void *data)
{
	struct attempt *attempt = new_attempt(fleet, lineage, on_end, data);

	if (is_dry)
		attempt->ca = lineage->certificate->ca;
	attempt_mark_begun(fleet, lineage, attempt->ca, is_dry);
	if (is_dry)
		attempt->dry = dry_run_start(fleet, lineage, on_dry, attempt);
	else
		walk(attempt);
	return attempt;
}

void attempt_cancel(struct attempt *attempt)
{
	if (!attempt)
		return;
	attempt->lineage->job = JOB_NONE;
	free_attempt(attempt);
}

/* It will never be switched in: another one is issued, and no attempt has
 * failed. */
static void drop_staged(struct attempt *attempt, const struct error *err)
{
	attempt->lineage->staged = 0;
	fleet_tell(attempt->fleet, attempt->lineage,
		&(struct event){
			.name = "step", .priority = LOG_WARNING, .err = err},
		"not switched in: %s", err->text);
	end(attempt, err);
}

static void on_switched(
	void *data, const json_t *reply, const struct error *err)
{
	struct attempt *attempt = data;

	attempt->call = NULL;
	if (!err)
		succeed(attempt, reply);
	else if (err->kind == ERROR_REFUSED)
		drop_staged(attempt, err);
	else
		fail_attempt(attempt, err);
}

struct attempt *attempt_switch(struct fleet *fleet, struct lineage *lineage,
	void (*on_end)(void *data, const struct error *err), void *data)
{
	struct attempt *attempt = new_attempt(fleet, lineage, on_end, data);
	json_t *request = json_pack("{s:s, s:s, s:i}", "verb", "switch", "name",
		lineage->name, "version", (int)lineage->staged);

	attempt->call = helper_call(
		fleet->vault, request, VAULT_DEADLINE, on_switched, attempt);
	return attempt;
}
