/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * How long something took, each time: counted in fixed buckets, from what a
 * CA next door takes to one that is asked for an hour.
 */

#include <stdint.h>

#define HISTOGRAM_BOUNDS 9

/* Seconds; each bucket holds what took no longer. */
extern const double HISTOGRAM_UPPER[HISTOGRAM_BOUNDS];

struct histogram {
	uint64_t counts[HISTOGRAM_BOUNDS + 1]; /* the last: longer than all */
	double sum;
};

void histogram_observe(struct histogram *histogram, double seconds);
