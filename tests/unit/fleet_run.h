/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The loop as the daemon makes it, inside the test, with the real vault
 * beside it: a fleet and its schedule. The CA "little" refuses connections;
 * there is no bus.
 */

#include "schedule.h"
#include "vault_run.h"

struct fleet_run {
	struct vault_run vault;
	struct fleet fleet;
	struct bus *bus;
	struct schedule *schedule; /* NULL: fleet_run_open() */
	char told[16384]; /* "EVENT:CERTIFICATE " of every event */
	unsigned minutes; /* told by the schedule */
	bool is_ended; /* set it from a callback to end fleet_run_wait() */
};

/* Makes the folders: two names of one certificate, "a.example". */
void fleet_run_prepare(struct fleet_run *run);
/* Starts the vault and all modules, with a schedule or without one. */
void fleet_run_open(struct fleet_run *run);
void fleet_run_start(struct fleet_run *run);
/* Ends all but the files: what a restart finds. */
void fleet_run_stop(struct fleet_run *run);
void fleet_run_clean(struct fleet_run *run);

/* Runs the loop until is_ended. */
void fleet_run_wait(struct fleet_run *run);
/* Runs the loop until an event with this name was told of this certificate;
 * it may be there already. */
void fleet_run_await(struct fleet_run *run, const char *told);

/* "etc/certs.d/NAME.conf" */
void fleet_run_write(struct fleet_run *run, const char *name, const char *text);
void fleet_run_remove(struct fleet_run *run, const char *name);
