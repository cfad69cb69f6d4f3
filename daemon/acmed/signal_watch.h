/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The signals that the daemon obeys: SIGHUP, and SIGTERM or SIGINT. They come
 * from the loop, which they do not keep alive.
 */

#include <ev.h>

#define SIGNALS_WATCHED 3

struct signal_watch {
	struct ev_loop *loop;
	ev_signal signals[SIGNALS_WATCHED];
	void (*on_hangup)(void *data);
	void (*on_terminate)(void *data);
	void *data;
};

/* From now on for the rest of the run; all but the signals is filled in. */
void signal_watch_start(struct signal_watch *watch);
