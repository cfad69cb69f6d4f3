/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The states of lineages on their way to the vault: one save of a lineage at a
 * time, and one more for what changes meanwhile. What the vault refuses, for a
 * full disk say, is told once and saved again until it is there: after a crash
 * the state is all that a hold or a count of failures is known by. What is
 * refused once more is a trouble, which people hear of (troubles.h).
 */

#include "fleet.h"

/* Saves it now, or once the save that is under way has ended. */
void fleet_saving_keep(struct fleet *fleet, struct lineage *lineage);

/* The same with on_saved, who sees to it when it is refused: it comes in the
 * place of all that was to be saved. helper.h has its rules. */
struct helper_call *fleet_saving_ask(struct fleet *fleet,
	struct lineage *lineage,
	void (*on_saved)(
		void *data, const json_t *reply, const struct error *err),
	void *data);

/* Sends what the vault does not have yet, and waits for nothing. */
void fleet_saving_end(struct fleet *fleet, struct lineage *lineage);
