/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What Prometheus is to see, as text: of the daemon, of its CAs, of each
 * certificate. It is made page by page, so that ten thousand certificates do
 * not stop the loop; they may come and go between two pages.
 */

#include "fleet.h"
#include "tally.h"
#include "text.h"

/* Borrowed. */
struct metrics_source {
	const struct fleet *fleet;
	const struct tally *tally;
	int64_t started; /* the daemon */
};

/* Zeroed: the beginning. */
struct metrics_cursor {
	size_t family;
	char after[CONFIG_NAME_MAX + 32]; /* the certificate told last */
};

#define METRICS_PAGE (32 * 1024)

/* Adds METRICS_PAGE bytes or a little more; false: that was all. */
bool metrics_page(const struct metrics_source *source,
	struct metrics_cursor *cursor, struct text *out);
