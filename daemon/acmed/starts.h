/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Counts how often acmed was started, over restarts: whoever is started again
 * and again has a fault, which people are to hear of (R6).
 */

#include "fleet.h"

struct starts;

struct starts *starts_new(struct fleet *fleet); /* borrowed. Never NULL */
void starts_free(struct starts *starts);

/* Notes this start, once, and looks whether it was one too many. To be called
 * each minute, and at first when the vault has said hello. */
void starts_look(struct starts *starts);
