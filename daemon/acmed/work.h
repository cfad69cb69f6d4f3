/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The jobs under way, one a lineage at most, and who waits for their end. It
 * does what `plan` says at this moment; `schedule` calls it when that moment
 * has come.
 *
 * Callbacks come from the loop, never from inside a call of this header.
 */

#include "fleet.h"

struct work;
struct work_wait;

/* The fleet is borrowed. on_free is called when a job has ended, on_doubt when
 * the vault has failed and may have switched all the same: a rescan tells. */
struct work *work_new(struct fleet *fleet, void (*on_free)(void *data),
	void (*on_doubt)(void *data), void *data);
/* Stops all jobs without callbacks; answers are withdrawn. */
void work_free(struct work *work);

/* Begins what is due for the lineage now; false when nothing is, or when
 * there are jobs enough. */
bool work_begin(struct work *work, struct lineage *lineage);

/* A human wants another issuance although one is being deployed: it follows
 * at the deployment's end, or cuts its look at the wire short. */
void work_hasten(struct work *work, struct lineage *lineage);

/* A dry run of an idle lineage. */
void work_begin_dry(struct work *work, struct lineage *lineage);

/* Switches an idle lineage back to the version before, holds and deploys
 * it. */
void work_begin_rollback(struct work *work, struct lineage *lineage);

/* After a rescan: an attempt for names, a CA or a solver that are configured no
 * more is dropped, and begins anew if the certificate still has a file. */
void work_restart_outdated(struct work *work);

/* Waits until nothing is under way for this lineage, at once (from the loop)
 * when it is idle. err is that of the last job, NULL when it went well. */
struct work_wait *work_await(struct work *work, struct lineage *lineage,
	void (*on_idle)(
		void *data, struct lineage *lineage, const struct error *err),
	void *data);
void work_forget(struct work_wait *wait);
