/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * How much memory and how many descriptors the loop uses, and whether that is
 * more than its work can explain (M5).
 */

#include "error.h"

#include <stddef.h>

struct appetite {
	size_t memory; /* resident bytes; 0: unknown */
	size_t descriptors; /* open; 0: unknown */
	size_t most_descriptors; /* that may be */
};

/* Of this process, which gives back what is free before. */
struct appetite appetite_read(void);

/* False with err when it is too much for so many certificates. */
bool appetite_is_fine(const struct appetite *appetite, size_t certificates,
	struct error *err);
