/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Metrics as text, in the exposition format of Prometheus, version 0.0.4: a
 * family is its HELP and TYPE, then all of its samples without a break.
 */

#include "histogram.h"
#include "text.h"

#include <stdint.h>

/* Lists end in one without a name. Values are escaped, names are not. */
struct exposition_label {
	const char *name;
	const char *value;
};

enum exposition_type {
	EXPOSITION_GAUGE,
	EXPOSITION_COUNTER, /* the name ends in _total */
	EXPOSITION_HISTOGRAM, /* in seconds: the name ends in _seconds */
};

void exposition_family(struct text *out, const char *name,
	enum exposition_type type, const char *help);

/* `labels` may be NULL. */
void exposition_sample(struct text *out, const char *name,
	const struct exposition_label *labels, double value);

/* All samples of a histogram. */
void exposition_histogram(struct text *out, const char *name,
	const struct exposition_label *labels,
	const struct histogram *histogram);
