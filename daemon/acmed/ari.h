/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Renewal information (RFC 9773) in the loop: each lineage's CA is asked when
 * that is due, the one that issued what is installed, whichever is configured
 * now. What it says is kept in the lineage's state.
 *
 * Answers come from the loop, never from inside a call of this header.
 */

#include "fleet.h"

struct ari;

struct ari *ari_new(struct fleet *fleet); /* borrowed */
/* Questions under way are dropped. */
void ari_free(struct ari *ari);

/* Asks what is due, a few at a time; when to look again. A lineage that was
 * told something is passed to fleet_changed(). */
int64_t ari_look(struct ari *ari, int64_t now);
