/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The control socket: Varlink over paths_runtime()/control, interface
 * org.acmed.Control (contract, "The control socket").
 *
 * Clients are hostile: a message is at most 64 KiB, a client that sends too
 * much, too slowly or nonsense is dropped, at most 64 are connected, output
 * is queued up to 1 MiB and never blocks.
 */

#include "metrics.h"
#include "schedule.h"

struct control;

/* What GetInfo and Status tell of the daemon, beside the certificates. */
struct control_daemon {
	/* The walls that are up and those that are not, for `status`: a new
	 * reference to {"up": [...], "missing": [...]}. */
	json_t *(*walls)(void *data);
	void *data;
	const struct metrics_source *metrics; /* borrowed */
};

/* Binds the socket (0666; a stale one is replaced) and serves until it is
 * freed. NULL with err. Everything is borrowed. */
struct control *control_new(struct ev_loop *loop, struct schedule *schedule,
	const struct control_daemon *daemon, struct error *err);
void control_free(struct control *control);
