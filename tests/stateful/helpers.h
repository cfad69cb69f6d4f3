/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The helper programs as they are played, in the place of daemon/acmed/helper:
 * the vault is the real one, inside this process, with a folder in memory;
 * hand, deploy and notify say that they have done it, or that they cannot.
 */

#include <stdbool.h>
#include <stdint.h>

struct local_faults {
	bool disk; /* full: nothing can be written */
	int64_t disk_since; /* true time */
	/* So many calls are refused. */
	unsigned vault;
	unsigned hand;
	unsigned deploy;
	unsigned notify;
};

extern struct local_faults local_faults;

/* Starts the vault on the folders of the environment, and ends it, with what
 * it was sent before. */
void helpers_begin(void);
void helpers_end(void);

/* The loop dies: what is under way is done or is not, and what it would send
 * while it is taken apart is not. */
void helpers_crash(bool is_done);

/* Calls that are under way. */
unsigned helpers_busy(void);

/* True time at which the disk was last seen to be fine by a probe. */
int64_t helpers_probed(void);
