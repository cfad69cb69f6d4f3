/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One deployment of a lineage's installed version, around `deploy`: its
 * progress is saved step by step, what came of it is noted and told.
 */

#include "fleet.h"

struct rollout;

/* Starts where the lineage's deployment stands; its job is JOB_DEPLOY until
 * on_end, which is called once, from the loop; err is NULL unless it failed.
 * Never NULL. */
struct rollout *rollout_start(struct fleet *fleet, struct lineage *lineage,
	void (*on_end)(void *data, const struct error *err), void *data);
void rollout_cancel(struct rollout *rollout);

/* What was in service is so no more: the step that may mend it is tried again
 * by class Q6. It is for the caller to save that. */
void rollout_reopen(struct fleet *fleet, struct lineage *lineage,
	const struct deploy_result *result);

/* Has it failed for want of anything to reload, and is there something now? */
bool rollout_can_tell(const struct lineage *lineage);
