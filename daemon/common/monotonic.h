/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The clock that nobody sets, for deadlines: it stands still while the machine
 * is suspended (clock_gettime(2)).
 */

#include <time.h>

/* Seconds since some moment in the past. */
static inline double monotonic_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}
