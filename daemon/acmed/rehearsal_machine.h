/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What all certificates need, looked at once a day before a renewal does: room
 * on the disk, folders that can be written to, CAs that answer, a clock that
 * agrees with theirs, and accounts at them that are valid.
 *
 * Everything happens from the loop.
 */

#include "fleet.h"

struct rehearsal_machine;

/* The fleet is borrowed. Never NULL. */
struct rehearsal_machine *rehearsal_machine_new(struct fleet *fleet);
void rehearsal_machine_free(struct rehearsal_machine *machine);

/* Begins when that is due; when to look again. */
int64_t rehearsal_machine_look(
	struct rehearsal_machine *machine, int64_t period, int64_t now);
