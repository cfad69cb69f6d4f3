/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Who waits for the end of all that is under way for a lineage.
 */

#include "lineage.h"
#include "work.h"

#include <ev.h>

struct work_waits;

struct work_waits *work_waits_new(struct ev_loop *loop);
void work_waits_free(struct work_waits *waits);

/* As work_await(). */
struct work_wait *work_waits_add(struct work_waits *waits,
	struct lineage *lineage,
	void (*on_idle)(
		void *data, struct lineage *lineage, const struct error *err),
	void *data);

/* Nothing is under way for it any more: who waits is told from the loop. */
void work_waits_end(struct work_waits *waits, const struct lineage *lineage,
	const struct error *err);
