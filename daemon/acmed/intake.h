/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Taking in the configuration, at the start and at a rescan: the vault reads
 * the files and says by which texts to go (the accepted one for a file with
 * mistakes); these are parsed here in the same way; then every lineage is
 * loaded. A renewal under way goes on.
 *
 * One at a time; who asks while one runs gets the next one.
 */

#include "fleet.h"

struct intake;

struct intake_result {
	const struct mistakes *mistakes; /* of the files as they are now */
	const struct error *err; /* nothing was taken in; or NULL */
	bool is_unfinished; /* another one may read or keep what this could not */
};

/* Starts; on_end is called once, from the loop, and the intake is gone then.
 * Never NULL. */
struct intake *intake_start(struct fleet *fleet,
	void (*on_end)(void *data, const struct intake_result *result),
	void *data);
void intake_cancel(struct intake *intake);
