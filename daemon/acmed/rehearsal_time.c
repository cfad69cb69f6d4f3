/* SPDX-License-Identifier: MIT */
#include "rehearsal_time.h"

#include "span.h"

/* The seed spreads renewals, too: who is renewed late need not be rehearsed
 * late. */
#define SHUFFLE 7919.0

static double shuffle(double seed)
{
	double spread = seed * SHUFFLE;

	return spread - (double)(int64_t)spread;
}

int64_t rehearsal_next(int64_t last, double seed, int64_t period)
{
	int64_t moment = (int64_t)(shuffle(seed) * (double)period);
	int64_t begin = last - last % period;

	int64_t next = span_after(begin, moment);
	return next > last ? next : span_after(next, period);
}
