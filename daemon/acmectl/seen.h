/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What there is to see of the certificates: what the daemon says, or without
 * it what the files say.
 */

#include "verbs.h"

#include <jansson.h>

struct seen {
	json_t *daemon; /* owned, or NULL */
	json_t *certificates; /* owned */
};

/* Does the daemon take a connection? */
bool seen_daemon_is_up(void);

/* Fill it in either case; clear it afterwards. The first returns the status
 * to exit with, and has said why when that is not EXIT_DONE. */
int seen_ask(const struct arguments *arguments, struct seen *seen);
void seen_read_files(const struct arguments *arguments, struct seen *seen);
/* The files, and what is really served: of the daemon nothing but which
 * endpoints are known, where the state cannot be read; and not even that of
 * one that does not answer (!asks_daemon). */
void seen_look(
	const struct arguments *arguments, bool asks_daemon, struct seen *seen);
void seen_clear(struct seen *seen);
