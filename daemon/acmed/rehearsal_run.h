/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One rehearsal of one certificate: each of its paths is probed, when whoever
 * owns the run gives the turn, and then CAA records are looked at. What is seen
 * goes to the book of every lineage that has the same path.
 *
 * Callbacks come from the loop, never from inside a call of this header.
 */

#include "fleet.h"

struct rehearsal_run;

struct rehearsal_run_wish {
	struct fleet *fleet; /* borrowed */
	const struct lineage *lineage; /* borrowed for the call */
	bool writes_records;
	bool is_quick; /* only the paths that are red now */
	void (*on_end)(void *data, struct rehearsal_run *run);
	void *data;
};

/* Is it rehearsed at all? */
bool rehearsal_run_is_for(const struct lineage *lineage);

/* Never NULL. */
struct rehearsal_run *rehearsal_run_start(
	const struct rehearsal_run_wish *wish);
void rehearsal_run_free(struct rehearsal_run *run); /* ends without on_end */

/* Begins the next probe; false when there is none to begin now. */
bool rehearsal_run_step(struct rehearsal_run *run);
