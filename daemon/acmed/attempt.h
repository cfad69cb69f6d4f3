/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One attempt to issue for a lineage, around `renewal`: it is durable before
 * the CA hears of it (I2), the disk is tried first (L1), and what came of it
 * is noted, told and saved. A dry run leaves the lineage as it is.
 */

#include "fleet.h"

struct attempt;

/* Starts one; the lineage's job is JOB_ISSUE until on_end, which is called
 * once, from the loop; err is NULL when a certificate was issued, and when the
 * file changed before the CA was asked: another one is to be started. Never
 * NULL. */
struct attempt *attempt_start(struct fleet *fleet, struct lineage *lineage,
	bool is_dry, void (*on_end)(void *data, const struct error *err),
	void *data);
void attempt_cancel(struct attempt *attempt);

/* Switches in a version that is staged already; ends in the same way. */
struct attempt *attempt_switch(struct fleet *fleet, struct lineage *lineage,
	void (*on_end)(void *data, const struct error *err), void *data);
