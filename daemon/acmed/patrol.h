/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The daily look at what is really served, also when nothing was renewed:
 * somebody may have started a server with an old file, or forgotten a node. So
 * are the files that servers read (file_round.h). Each certificate has its own
 * time of the day.
 *
 * What is served wrong opens the deployment of the lineage again, so that its
 * last step is tried anew by class Q6; nothing is ever ordered.
 */

#include "fleet.h"

struct patrol;

/* The fleet is borrowed. on_change of it is called after each look. */
struct patrol *patrol_new(struct fleet *fleet);
/* Looks under way are dropped. */
void patrol_free(struct patrol *patrol);

/* To be called at least once a minute, and when the lineage has changed. */
void patrol_look(struct patrol *patrol, struct lineage *lineage, int64_t now);

/* The first moment behind `now` that is a lineage's time of the day. */
int64_t patrol_time(double seed, int64_t now);
