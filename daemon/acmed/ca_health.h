/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Whether a CA answers, as seen in the requests that are made anyway.
 */

#include "error.h"

#include <stdint.h>

/* Zeroed: nothing was asked yet. */
struct ca_health {
	int64_t reached; /* when it answered last; 0: never */
	int64_t failed; /* when it did not; 0: never */
	unsigned failures; /* since it answered last */
};

/* An answer with that status (5xx is none that counts), or err. */
void ca_health_note(struct ca_health *health, long status,
	const struct error *err, int64_t now);
