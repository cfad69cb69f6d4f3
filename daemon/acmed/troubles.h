/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What of a certificate people have to hear of: that it is not renewed, not
 * deployed, comes to its end, or is served and nobody renews it. It follows
 * from the lineage alone, so that a restart changes nothing.
 */

#include "fleet.h"

/* Sets and clears the troubles of a lineage. To be called at least once a
 * minute, and when it has changed. */
void troubles_look(struct fleet *fleet, struct lineage *lineage, int64_t now);

/* Forgets those of lineages that are no more, and of an orphan what nobody looks
 * at again. */
void troubles_sweep(struct fleet *fleet);
