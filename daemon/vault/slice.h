/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * How long the vault works at a verb that goes over everything, before it
 * answers others and goes on when it is asked again.
 */

#include <stdbool.h>
#include <time.h>

#define SLICE_SECONDS 0.02

static inline double slice_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static inline double slice_begin(void)
{
	return slice_now() + SLICE_SECONDS;
}

static inline bool slice_is_over(double end)
{
	return slice_now() >= end;
}
