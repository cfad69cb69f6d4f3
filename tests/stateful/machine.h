/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The machine on which acmed runs in the play: its folders (in memory), its
 * configuration, and the modules of the loop, put together as the daemon does
 * it but for the sockets, the journal and D-Bus.
 */

#include "alert.h"
#include "schedule.h"

#include <stdbool.h>
#include <stddef.h>

#define SITES 3

/* What the administrator has written. */
struct site {
	const char *name;
	bool is_gone;
	bool is_broken; /* its file has a mistake */
	bool has_other_key;
	unsigned names; /* which of the lists */
};

struct machine {
	struct fleet fleet;
	struct schedule *schedule;
	struct alert *alert;
	struct bus *bus;
	struct vigil *vigil;
	struct site sites[SITES];
	unsigned rescans; /* that have ended since the start */
	bool is_up;
	bool has_failed; /* to start: systemd tries again */
};

extern struct machine machine;

/* An empty folder and the first configuration. */
void machine_begin(void);
void machine_end(void);

/* acmed starts, and stops in good order; or it crashes: what it had sent to
 * the vault last is done, or is not. */
void machine_start(void);
void machine_stop(void);
void machine_crash(bool is_done);

/* Writes the file of a site as it is to be now. */
void machine_write(const struct site *site);
void machine_rescan(void);

/* Called for each event. */
extern void (*machine_on_event)(const struct event *event);

/* A path below the state folder, in a static buffer. */
const char *machine_state_path(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
