/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The way to an allocation: a hash of the addresses that it returns to. It
 * tells two places of one process apart.
 */

#include <stdint.h>

static inline uint64_t way_of(void *const *frames, int depth)
{
	uint64_t hash = 14695981039346656037U;

	for (int i = 0; i < depth; i++)
		hash = (hash ^ (uintptr_t)frames[i]) * 1099511628211U;
	return hash;
}
