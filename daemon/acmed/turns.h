/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Whose turn it is: those that are due, in the order in which they begin
 * where more are due than may be at work at a time.
 */

#include "fleet.h"

struct turn {
	struct lineage *lineage; /* borrowed */
	int64_t day; /* by which it has to be done */
};

/* Those that are due now, the first first; owned, NULL for none. */
struct turn *turns_new(const struct fleet *fleet, int64_t now, size_t *count);
