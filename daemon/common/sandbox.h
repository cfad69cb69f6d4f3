/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The walls that a program builds around itself after its start: Landlock
 * for files, seccomp for system calls, no new privileges for both, and no
 * core that would hold what it knows.
 *
 * They hold for the calling process and its children, for good. A kernel
 * without them is no failure: what is up is told, so that status can say
 * what is not.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sandbox_calls {
	SANDBOX_CALLS_ANY, /* no filter: it runs programs of others */
	SANDBOX_CALLS_FILES, /* files, and the sockets that it was given */
	SANDBOX_CALLS_NETWORK, /* and sockets of its own */
};

/* Lists end in NULL and are borrowed for the time of the call. */
struct sandbox_wish {
	const char *const *read; /* NULL: nothing */
	const char *const *write; /* read, write, create and remove */
	const char *const *execute; /* read and run */
	bool skip_landlock; /* its folders are not known beforehand */
	bool has_abstract_manager; /* sd_notify(3) to a socket without a file */
	bool only_logs; /* Sandbox=log: no Landlock, no call is refused */
	enum sandbox_calls calls; /* but for ANY, execve and ptrace kill */
};

/* "landlock", "seccomp", "no-new-privs": those that are up. */
#define SANDBOX_WALLS 3

struct sandbox_report {
	const char *walls[SANDBOX_WALLS]; /* static strings */
	size_t count;
	char warning[256]; /* what is not up and why, or "" */
	char note[128]; /* what this kernel's walls do not see, or "" */
};

/* Builds what it can. Never fails. */
void sandbox_apply(
	const struct sandbox_wish *wish, struct sandbox_report *report);

/* The wish of the loop: reads the system's configuration, libraries and
 * sockets, writes paths_runtime(), has a network. `also` are further folders
 * to read (of -c FILE), ends in NULL, and may be NULL. Static, of the last
 * call. */
const struct sandbox_wish *sandbox_loop(const char *const *also);

/* The wish of the vault: writes paths_state(), no sockets of its own. */
const struct sandbox_wish *sandbox_vault(const char *const *also);
