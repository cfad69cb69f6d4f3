/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What is left of a CA's limits, before an attempt begins: it waits for them
 * before it would have to be told so, or goes to another CA of its list where
 * they would take too long.
 */

#include "fleet.h"

/* Has the attempt to wait? Then the lineage says until when and for what, and
 * has changed; a human who asked for it does not any more. */
bool pacing_holds(struct fleet *fleet, struct lineage *lineage, int64_t now);
