/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Starting our programs as a service manager would, where none runs: another
 * user, a socket as descriptor 3 (LISTEN_FDS), clean signals, nothing else
 * inherited.
 */

#include <stdbool.h>
#include <sys/types.h>

/* Zeroed: stay who we are. */
struct launch_user {
	const char *name; /* borrowed; NULL: no change */
	uid_t uid;
	gid_t gid;
};

/* Looks a user up; false when there is none of that name. */
bool launch_find_user(const char *name, struct launch_user *out);

/* Becomes the user for good. With can_bind the right to bind low ports is
 * kept. False, with errno, when that failed halfway: end the process. */
bool launch_become(const struct launch_user *user, bool can_bind);

struct launch {
	const char *program; /* "acmed-vault", found by paths_helper() */
	const char *main_file; /* passed on as -c FILE, or NULL */
	int socket; /* becomes descriptor 3 */
	struct launch_user user;
	bool has_no_network; /* a network namespace of its own, where we may */
};

/* Starts it in a process group of its own. -1 with errno; a program that
 * cannot be executed says so on standard error and exits with 127. */
pid_t launch_start(const struct launch *launch);
