/* SPDX-License-Identifier: MIT */
#include "dry_run.h"

#include "mem.h"
#include "renewal.h"

#define VAULT_DEADLINE 30.0

struct dry_run {
	struct fleet *fleet;
	struct lineage *lineage;
	struct snapshot *snapshot;
	const struct config_certificate *certificate; /* of the snapshot */
	struct helper_call *call; /* or NULL, as the next */
	struct renewal *renewal;
	void (*on_end)(void *data, const struct error *err);
	void *data;
};

void dry_run_cancel(struct dry_run *run)
{
	if (!run)
		return;
	if (run->call)
		helper_cancel(run->call);
	renewal_cancel(run->renewal);
	snapshot_unref(run->snapshot);
	free(run);
}

static void end(struct dry_run *run, const struct error *err)
{
	void (*on_end)(void *, const struct error *) = run->on_end;
	void *data = run->data;
	struct event event = {
		.name = "step",
		.priority = LOG_DEBUG,
		.err = err,
	};

	fleet_tell(run->fleet, run->lineage, &event,
		err ? "dry run failed: %s" : "dry run succeeded%s",
		err ? err->text : "");
	dry_run_cancel(run);
	on_end(data, err);
}

/* The renewal speaks. */

static void on_step(
	void *data, const char *subject, const char *from, const char *to)
{
	struct dry_run *run = data;

	fleet_tell(run->fleet, run->lineage,
		&(struct event){.name = "step", .priority = LOG_DEBUG},
		"%s: %s -> %s", subject, from, to);
}

static void on_warning(void *data, const char *text)
{
	struct dry_run *run = data;

	fleet_tell(run->fleet, run->lineage,
		&(struct event){.name = "step", .priority = LOG_WARNING}, "%s",
		text);
}

static void on_renewed(void *data, const struct renewal_result *result)
{
	struct dry_run *run = data;
	struct error err = result->err;

	run->renewal = NULL;
	end(run, result->is_issued ? NULL : &err);
}

static void start_renewal(struct dry_run *run, struct ca *ca)
{
	struct fleet *fleet = run->fleet;
	struct renewal_wish wish = {
		.loop = fleet->loop,
		.vault = fleet->vault,
		.solvers = fleet->solvers,
		.ca = ca,
		.certificate = run->certificate,
		.issuer = run->certificate->ca,
		.is_dry = true,
		.on_step = on_step,
		.on_warning = on_warning,
		.on_end = on_renewed,
		.data = run,
	};

	run->renewal = renewal_start(&wish);
	ca_unref(ca);
}

/* Before the CA: the disk, as for an attempt. */
static void on_probed(void *data, const json_t *reply, const struct error *err)
{
	struct dry_run *run = data;
	const struct config_ca *issuer = run->certificate->ca;
	struct error failed;

	(void)reply;
	run->call = NULL;
	if (err) {
		failed = *err;
		end(run, &failed);
		return;
	}
	struct ca *ca = fleet_take_ca(run->fleet, issuer, true);
	if (ca) {
		start_renewal(run, ca);
		return;
	}
	fail(&failed, ERROR_REFUSED,
		"CA '%s' has no staging directory to try it with",
		issuer->name);
	end(run, &failed);
}

struct dry_run *dry_run_start(struct fleet *fleet, struct lineage *lineage,
	void (*on_end)(void *data, const struct error *err), void *data)
{
	struct dry_run *run = mem_new(sizeof(*run));

	run->fleet = fleet;
	run->lineage = lineage;
	run->snapshot = snapshot_ref(fleet->snapshot);
	run->certificate = lineage->certificate;
	run->on_end = on_end;
	run->data = data;
	run->call =
		helper_call(fleet->vault, json_pack("{s:s}", "verb", "probe"),
			VAULT_DEADLINE, on_probed, run);
	return run;
}
