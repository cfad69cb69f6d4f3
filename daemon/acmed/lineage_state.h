/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What of a lineage lasts over restarts, as JSON: {"schema":1, ...} in
 * state/NAME.json.
 */

#include "lineage.h"

/* A new reference. */
json_t *lineage_to_state(const struct lineage *lineage);

/* A state that cannot be read is as good as none; false then, with err. */
bool lineage_from_state(
	struct lineage *lineage, const json_t *state, struct error *err);

/* A date that cannot be read counts as none; false for the first, with C4. */
bool lineage_state_has_dates(
	const struct lineage *lineage, const json_t *state, struct error *err);
