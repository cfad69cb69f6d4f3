/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the daemon itself goes by, and cannot do without: the clock, the
 * journal, memory and descriptors. The minute of a clock that stands still never ends, and nothing
 * that waits for a date happens: this waits by the clock that nobody sets, and
 * wakes who missed a minute.
 */

#include "alert.h"
#include "log.h"

#include <ev.h>

struct vigil;

/* What is passed is borrowed. on_late comes from the loop when no minute was
 * told for longer than one. Never NULL. */
struct vigil *vigil_new(struct ev_loop *loop, struct alert *alert,
	struct log *log, void (*on_late)(void *data), void *data);
void vigil_free(struct vigil *vigil); /* NULL is fine */

/* A minute by the clock is over, or has just begun. False when for ten of them
 * more was used than so many certificates need (M5): a fresh start is due. */
bool vigil_minute(struct vigil *vigil, size_t certificates);
