/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * All lineages of this machine with what their work needs: the configuration
 * they stand in, the CAs, the other modules of the loop. `intake` fills it,
 * `attempt` and `rollout` work on one lineage of it, `schedule` says when.
 */

#include "alert.h"
#include "bus.h"
#include "ca.h"
#include "config_names.h"
#include "deploy.h"
#include "dns.h"
#include "event.h"
#include "helper.h"
#include "http.h"
#include "lineage.h"
#include "solver.h"

/* A configuration and how many use it: a job goes on with the one it began
 * with, also when a rescan brings another. */
struct snapshot {
	struct config *config;
	struct config_names *names; /* NULL: nobody has asked yet */
	unsigned users;
};

struct snapshot *snapshot_new(struct config *config); /* takes it */
struct snapshot *snapshot_ref(struct snapshot *snapshot);
void snapshot_unref(struct snapshot *snapshot);
/* Who has which name; borrowed from the snapshot. */
const struct config_names *snapshot_names(struct snapshot *snapshot);

struct outlook;

struct fleet {
	struct ev_loop *loop; /* borrowed, as are the modules */
	struct events *events;
	struct alert *alert;
	struct helper *vault;
	struct dns *dns;
	struct http *http;
	struct solvers *solvers;
	struct deployer *deployer;
	struct tally *tally; /* or NULL: nobody counts */
	struct outlook *outlook; /* NULL: no path is walked */
	struct budgets *budgets; /* owned; made by schedule */

	struct snapshot *snapshot;
	struct lineage **lineages; /* owned, sorted by name */
	size_t count;
	struct ca **cas; /* owned: one user each */
	size_t ca_count;
	char *main_mistake; /* owned: acmed.conf is broken, or NULL */

	/* A lineage has changed: look at it again. Set by schedule. */
	void (*on_change)(void *data, struct lineage *lineage);
	void *data;
};

void fleet_clear(struct fleet *fleet);

/* The place of the first lineage behind that name. */
size_t fleet_after(const struct fleet *fleet, const char *name);
/* The lineage of that name, or NULL. */
struct lineage *fleet_find(const struct fleet *fleet, const char *name);
/* The same, made when it is not there yet. */
struct lineage *fleet_add(struct fleet *fleet, const char *name);
/* Frees it and takes it out. */
void fleet_remove(struct fleet *fleet, struct lineage *lineage);

/* A CA with one more user, or NULL when it has no staging directory. Settings
 * that changed since make another one. */
struct ca *fleet_take_ca(
	struct fleet *fleet, const struct config_ca *config, bool staging);

/* Makes the state of a lineage durable. on_saved comes from the loop
 * (helper.h), and the call can be cancelled; without it the call is NULL, what
 * changes while one save is under way is all kept by one more, and what the
 * vault refuses is saved again (fleet_saving.h). */
struct helper_call *fleet_save(struct fleet *fleet, struct lineage *lineage,
	void (*on_saved)(
		void *data, const json_t *reply, const struct error *err),
	void *data);

/* Sends what has changed meanwhile, and forgets what is under way. */
void fleet_flush(struct fleet *fleet);

/* Tells all and keeps it in the lineage's history. The certificate, its CA,
 * its names and serial are filled in. */
void fleet_tell(struct fleet *fleet, struct lineage *lineage,
	const struct event *event, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* on_change, when there is one. */
void fleet_changed(struct fleet *fleet, struct lineage *lineage);
