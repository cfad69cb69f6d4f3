/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Does what the state remembers fit what is installed? A backup may have
 * brought back the one and not the other. What is installed is true; what the
 * state says of issues that left nothing behind is forgotten (L9), and what it
 * does not know of is noted (L14).
 */

#include "fleet.h"

/* Tells what does not fit, and mends the state, which is true when it has to be
 * saved. To be called when both are known; it finds nothing the second time. */
bool hindsight_look(struct fleet *fleet, struct lineage *lineage);
