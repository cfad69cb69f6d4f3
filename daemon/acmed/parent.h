/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Where no service manager holds the helpers' sockets, acmed splits first: a
 * small parent does what the socket units do. It starts the vault when the
 * loop calls (again after its death, with a pause), a hand, a deploy or a notify for each
 * conversation, passes HUP, TERM and INT on to the loop, reaps (as PID 1 too)
 * and ends with the loop's status.
 */

#include "error.h"

struct parent_view {
	bool is_split;
	/* The programs run as users of their own; else a wall is not up. */
	bool has_users;
};

/* Does nobody listen on the vault's socket, and did systemd not start us as
 * a unit, in which case it is not for us to stand in? */
bool parent_is_needed(void);

/* Splits. Comes back in the loop's process, or false with err before there
 * is any other; the parent never comes back. Call it before threads, open
 * files and signal handlers. `main_file` (-c FILE, or NULL) is passed on. */
bool parent_split(
	const char *main_file, struct parent_view *view, struct error *err);
