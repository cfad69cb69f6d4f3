/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The way to journald, by its native protocol: sd_journal_send() blocks when
 * journald hangs, this never does. What journald does not take is kept in its
 * order until it does, for its queue (net.unix.max_dgram_qlen) is soon full
 * when the machine is busy.
 */

#include "text.h"

#include <ev.h>

#define JOURNAL_KEPT (1024 * 1024) /* bytes at most, half of it of details */

struct journal;

/* NULL: the journal does not read standard error, or there is none. */
struct journal *journal_open(struct ev_loop *loop);
/* A journal that is there has a second more for what is kept, and the rest is
 * lost. */
void journal_close(struct journal *journal);

/* Sends the entry or keeps it, and leaves `entry` empty. It is lost when too
 * much is kept already, or when it is longer than the socket bears. */
void journal_send(struct journal *journal, struct text *entry, bool is_detail);

/* Sends what is kept. Has all been taken? */
bool journal_flush(struct journal *journal);

/* How many entries are kept, and for how many seconds the oldest of them. */
unsigned long journal_kept(const struct journal *journal);
double journal_delay(const struct journal *journal);
/* How many were lost since the start. */
unsigned long journal_lost(const struct journal *journal);
