/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * When a certificate is rehearsed: at a moment of its own in each day or week,
 * so that fifty thousand of them are no storm. No input or output.
 */

#include <stdint.h>

#define REHEARSAL_DAY 86400
#define REHEARSAL_WEEK (7 * REHEARSAL_DAY)

/* The next moment after `last`; `seed` is in [0, 1) and spreads them over the
 * period (seconds). */
int64_t rehearsal_next(int64_t last, double seed, int64_t period);
