/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One try at the CA's staging directory, around `renewal`: it keeps nothing,
 * and the lineage is as before.
 */

#include "fleet.h"

struct dry_run;

/* on_end is called once, from the loop; err is NULL when a certificate would
 * have been issued. The lineage is borrowed until then. Never NULL. */
struct dry_run *dry_run_start(struct fleet *fleet, struct lineage *lineage,
	void (*on_end)(void *data, const struct error *err), void *data);
void dry_run_cancel(struct dry_run *run); /* NULL is fine */
