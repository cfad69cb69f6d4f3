/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Certificates that nobody needs any more: one that expired long ago, cannot
 * be renewed, and whose names all lead to other machines or nowhere is told
 * of once and tried no more, until a human asks or its file changes, or the
 * clock goes back to where it is not that old.
 */

#include "fleet.h"

struct retirements;

struct retirements *retirements_new(struct fleet *fleet); /* borrowed */
/* Looks under way are dropped. */
void retirements_free(struct retirements *retirements);

/* Looks its names up, if it may be one and that was not done in the last
 * hour; or takes it back, and what comes next is to be planned anew. */
void retirements_look(
	struct retirements *retirements, struct lineage *lineage, int64_t now);
