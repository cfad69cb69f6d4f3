/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Walks the paths of every certificate once a day, at a moment of its own, at
 * most five a second, so that what breaks is reported the day it does. A
 * failing renewal whose path is seen to be broken has it walked every few
 * minutes, until it is mended.
 */

#include "fleet.h"

struct rehearsal;

struct rehearsal *rehearsal_new(struct fleet *fleet); /* borrowed */
/* What is under way is dropped. */
void rehearsal_free(struct rehearsal *rehearsal);

/* Begins what is due; when to look again. */
int64_t rehearsal_look(struct rehearsal *rehearsal, int64_t now);
