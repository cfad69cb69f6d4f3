/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The table of causes by its groups, one file each, for diagnosis.c alone.
 *
 * The codes are those of failures.md; D11 and E1 to E5 are of this table only.
 * A message id never changes: people search the journal for it.
 */

#include "diagnosis.h"

struct diagnosis_group {
	const struct diagnosis *rows; /* borrowed */
	size_t count;
};

extern const struct diagnosis_group diagnosis_network; /* N */
extern const struct diagnosis_group diagnosis_paths; /* H T */
extern const struct diagnosis_group diagnosis_names; /* D E */
extern const struct diagnosis_group diagnosis_ca; /* A R K */
extern const struct diagnosis_group diagnosis_machine; /* C L M */
extern const struct diagnosis_group diagnosis_deploy; /* P X */
