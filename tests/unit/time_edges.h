/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The edges of time, for every operand of every sum of times: what comes out
 * is what sums without an end give, cut to what there is. The sanitizers look
 * for what overflows on the way.
 */

#include "known_lineage.h"

#include <check.h>
#undef fail /* ours, not the old one of check */

#define MINUTE 60
#define WEEK (7 * DAY)
#define YEAR_1 (-62135596800)
#define YEAR_10000 253402300800
#define LAST_TM 67767976233532799 /* an int counts no further year */

static const int64_t EDGES[] = {INT64_MIN, INT64_MIN + 1, INT64_MIN + WEEK,
	INT64_MIN / 2, -LAST_TM, YEAR_1 - 1, YEAR_1, -((int64_t)1 << 32) - 1,
	-((int64_t)1 << 32), INT32_MIN - (int64_t)1, INT32_MIN, -WEEK, -1, 0, 1,
	MINUTE, DAY - 1, DAY, WEEK, 10 * DAY, 30 * DAY, 90 * DAY, NOW,
	INT32_MAX - 1, INT32_MAX, INT32_MAX + (int64_t)1, UINT32_MAX,
	UINT32_MAX + (int64_t)1, UINT32_MAX + (int64_t)2, YEAR_10000 - 1,
	YEAR_10000, LAST_TM, LAST_TM + 1, INT64_MAX / 2, INT64_MAX - WEEK,
	INT64_MAX - 1, INT64_MAX};

#define COUNT (sizeof(EDGES) / sizeof(*EDGES))
#define each(edge) \
	for (const int64_t *edge = EDGES; edge < EDGES + COUNT; edge++)

/* Where millions of them hold, check's own are slow. */
#define holds(expression) \
	do { \
		if (!(expression)) \
			ck_abort_msg("%s", #expression); \
	} while (false)

static const double CHANCES[] = {0, 0.5, 0.9999999999};

/* Wider than anything that is summed. */
typedef __int128 wide;

static inline int64_t cut(wide value)
{
	if (value > INT64_MAX)
		return INT64_MAX;
	return value < INT64_MIN ? INT64_MIN : (int64_t)value;
}
