/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * All findings of one path, summed up. No input or output.
 */

#include "finding.h"

struct path_sum {
	bool is_seen;
	enum finding_verdict verdict;
	struct error err; /* the first that is BAD */
};

/* Takes one more in. */
void path_sum_add(struct path_sum *sum, const struct finding *finding);
