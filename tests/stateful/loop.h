/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * libev's loop as it is played: turned by hand.
 */

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

/* Passes the time to what is due next, and calls it. False when there is
 * nothing within so many seconds, which have passed then. */
bool loop_turn(struct ev_loop *loop, double longest);

/* Seconds until the next turn; very many when nothing waits. */
double loop_wait(const struct ev_loop *loop);

/* All that wait for anything. */
size_t loop_watchers(const struct ev_loop *loop);
