/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Events to the journal, one structured entry each, by its native protocol:
 * sd_journal_send() blocks when journald hangs, this never does. Where no
 * journal listens, or with -d, a readable line goes to standard error.
 */

#include "event.h"

struct log;

/* Listens to `events` until it is freed. With is_verbose every event goes to
 * standard error too, steps included. */
struct log *log_new(struct events *events, bool is_verbose);
void log_free(struct log *log);

/* Does the journal take what it is sent? One that did not is asked again. */
bool log_is_taken(struct log *log);
/* Entries that the journal did not take, since the start. */
unsigned long log_dropped(const struct log *log);
