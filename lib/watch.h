/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * How to look at something of a CA again and again: pauses of 10 ms doubling
 * to 5 s, unless the CA names a time (RFC 8555 sections 7.4 and 7.5.1). A
 * time above a minute is the schedule's business and ends the attempt.
 */

#include "error.h"

#define WATCH_RETRY_AFTER_MAX 60.0

struct watch {
	double pause; /* seconds, before the next look */
	double next; /* what it will be without the CA's word */
	unsigned troubles; /* in a row */
};

void watch_start(struct watch *watch);

/* Nothing new: sets the pause. ERROR_LIMITED for a long retry_after (seconds,
 * 0: none). */
bool watch_wait(struct watch *watch, double retry_after, struct error *err);

/* A look failed: sets the pause, or is false when that was once too often, or
 * will not heal within a minute. */
bool watch_survives(struct watch *watch, const struct error *trouble);
