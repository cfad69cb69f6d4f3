/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the vault has, or cannot do, that people have to hear of.
 */

#include "alert.h"
#include "lineage.h"

#define MOST_HICCUPS \
	2 /* failures that heal by themselves more often than not */

struct found {
	bool is_bad;
	bool is_undecided; /* neither good nor bad yet: it stays as it was */
	const char *code; /* borrowed */
	enum alert_level level;
	char text[640];
};

static inline enum alert_level at_least(
	enum alert_level level, enum alert_level least)
{
	return level < least ? least : level;
}

/* The vault cannot say what is installed, or put a first one there. */
struct found find_unplaced(const struct lineage *lineage, int64_t now);

/* What is installed is not what was issued. */
struct found find_damage(const struct lineage *lineage, int64_t now);

/* The state of the certificate cannot be read, or not be saved. */
struct found find_state(const struct lineage *lineage, int64_t now);
