/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Says in the journal that somebody has set the clock (C2), and that the
 * machine slept while certificates came due (C3). Nothing else is to be done:
 * all dates are computed anew each minute.
 */

#include "clock_step.h"
#include "fleet.h"

struct clock_watch {
	struct clock_reading last; /* zero: none yet */
};

/* To be called at least once a minute; the fleet has its lineages. */
void clock_watch_look(struct clock_watch *watch, const struct fleet *fleet);
