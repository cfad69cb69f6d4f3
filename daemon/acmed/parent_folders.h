/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The folders and sockets that socket units and StateDirectory= would make,
 * with their owners.
 */

#include "error.h"
#include "launch.h"

/* Makes the folders for state, run time and sockets. */
bool parent_make_folders(const struct launch_user *loop,
	const struct launch_user *vault, struct error *err);

/* Listens on `name` in paths_sockets(), 0600, owned by the loop's user. -1
 * with err. */
int parent_listen(
	const char *name, const struct launch_user *loop, struct error *err);
void parent_unlink(const char *name);

/* Fills in the address of a helper's socket; false when it is too long. */
struct sockaddr_un;
bool parent_address(const char *name, struct sockaddr_un *out);
