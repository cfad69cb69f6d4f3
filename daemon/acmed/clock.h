/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Seconds that go on while the machine sleeps and that nobody sets: for the
 * age of what was received.
 */

#include <time.h>

static inline double clock_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}
