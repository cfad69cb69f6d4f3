/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * From installed to served: export, hooks, reload, verify. One deployment
 * runs the steps that are left, once; `schedule` keeps its progress and
 * decides when to try again (class Q6). It never orders anything.
 *
 * Callbacks come from the loop, never from inside a call of this header.
 */

#include "bus.h"
#include "certificate.h"
#include "config.h"
#include "verify.h"

enum deploy_step {
	DEPLOY_EXPORT,
	DEPLOY_HOOK,
	DEPLOY_RELOAD,
	DEPLOY_VERIFY,
	DEPLOY_DONE,
};

/* "export", "hook", "reload", "verify", "done". */
const char *deploy_step_name(enum deploy_step step);
bool deploy_step_parse(const char *name, enum deploy_step *step);

enum deploy_outcome {
	DEPLOY_SERVED, /* seen on the wire at every known endpoint */
	DEPLOY_UNPROVEN, /* done, but no endpoint is known */
	DEPLOY_WAITS, /* a unit is not running: waits_for says which */
	DEPLOY_FAILED, /* err says why, step where: kind LOCAL or REFUSED,
			    always class Q6 */
};

struct deploy_result {
	enum deploy_outcome outcome;
	enum deploy_step step; /* the first that is not done */
	const char *waits_for; /* unit, or the certificate's file; or NULL */
	const json_t *endpoints; /* known ones: ["host:port"...], borrowed */
	struct error err;
};

struct deployer; /* what all share: bus, verify, joined reloads */
struct deployment; /* one certificate's run */

struct deployer *deployer_new(
	struct ev_loop *loop, struct dns *dns, struct bus *bus);
/* All deployments have ended or were cancelled before. */
void deployer_free(struct deployer *deployer);
void deployer_configure(struct deployer *deployer, int64_t reload_interval);
/* How long a reload may take to show on the wire, for tests: else 120 s. */
void deployer_set_patience(struct deployer *deployer, double seconds);

/* May the loop reload units itself? If not (no polkit, no bus), acmed-deploy
 * does. True until the probe of the start has been answered. For status. */
bool deployer_may_reload(const struct deployer *deployer);

struct deploy_wish {
	const struct config_certificate *certificate; /* borrowed, see below */
	unsigned version;
	const struct certificate_facts *facts; /* borrowed for the call */
	enum deploy_step from;
	bool wait_for_file; /* Export and Hook wait: its file has mistakes */
	int64_t issued; /* the last one, as the state knows; 0: unknown */
	bool was_served; /* this version was seen on the wire before */
	const json_t *endpoints; /* known before; borrowed for the call */
	/* A step begins: for the log and the state. */
	void (*on_step)(void *data, enum deploy_step step);
	void (*on_end)(void *data, const struct deploy_result *result);
	void *data;
};

/* Neither a reload nor a hook: nobody is told of a new certificate, so that a
 * look at the wire need not wait for anything. */
bool deploy_tells_nobody(const struct config_certificate *certificate);

/* Copies what it needs of the certificate. Never NULL. */
struct deployment *deploy_start(
	struct deployer *deployer, const struct deploy_wish *wish);
void deploy_cancel(struct deployment *deployment);

/* Only the look at the wire (the daily one, rollback, check --served). */
struct deployment *deploy_look(
	struct deployer *deployer, const struct deploy_wish *wish);
