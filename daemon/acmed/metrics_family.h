/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A family of metrics and who writes its samples. Only metrics*.c include
 * this.
 */

#include "exposition.h"
#include "metrics.h"
#include "plan.h"

struct metrics_page {
	const struct metrics_source *source;
	const char *family; /* its name */
	struct text *out;
	int64_t now;
};

/* One of the two writes its samples. */
struct metrics_family {
	const char *name;
	enum exposition_type type;
	const char *help;
	void (*write)(const struct metrics_page *page);
	void (*write_one)(
		const struct metrics_page *page, const struct lineage *lineage);
};

/* Tables that end in one without a name. */
extern const struct metrics_family METRICS_OF_DAEMON[];
extern const struct metrics_family METRICS_OF_CAS[];
extern const struct metrics_family METRICS_OF_CERTIFICATES[];

/* A state as a label: "installed, waits" of whatever unit. */
void metrics_state(const struct lineage *lineage, int64_t now,
	char out[static PLAN_STATE_SIZE]);
