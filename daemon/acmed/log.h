/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Events to the journal, one structured entry each. Where no journal listens,
 * or with -d, a readable line goes to standard error.
 */

#include "event.h"

#include <ev.h>

struct log;

/* Listens to `events` until it is freed. With is_verbose every event goes to
 * standard error too, steps included. */
struct log *log_new(
	struct ev_loop *loop, struct events *events, bool is_verbose);
void log_free(struct log *log);

/* Has the journal taken what it was sent a minute ago? What it has missed is
 * told once it listens again. */
bool log_is_taken(struct log *log);
/* Entries that wait for it. */
unsigned long log_waiting(const struct log *log);
