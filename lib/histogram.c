/* SPDX-License-Identifier: MIT */
#include "histogram.h"

const double HISTOGRAM_UPPER[HISTOGRAM_BOUNDS] = {
	0.01, 0.1, 0.5, 1., 5., 15., 60., 300., 1800.};

void histogram_observe(struct histogram *histogram, double seconds)
{
	unsigned i = 0;

	while (i < HISTOGRAM_BOUNDS && seconds > HISTOGRAM_UPPER[i])
		i++;
	histogram->counts[i]++;
	histogram->sum += seconds;
}
