/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Certificates whose file is gone: is one still served? Looked at on the wire
 * at once and then each hour, at the endpoints that were known; the lineage
 * keeps the answer for status, check and notices.
 */

#include "fleet.h"

struct orphans;

/* The fleet is borrowed. on_change of it is called after each look. */
struct orphans *orphans_new(struct fleet *fleet);
/* Looks under way are dropped. */
void orphans_free(struct orphans *orphans);

/* To be called at least once a minute, and when the lineage has changed. */
void orphans_look(
	struct orphans *orphans, struct lineage *lineage, int64_t now);
