/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a lineage keeps of its attempts, for the limits of the CAs: when, at
 * which CA, of which kinds; and what a CA said last.
 *
 *   counted: [{"when","ca","kinds":["orders","domain","set"]}, ...]
 *   limited: {"ca","kind","key","until"}
 */

#include "limit.h"
#include "lineage.h"

#define BUDGET_KINDS(kind) (1U << (kind))

/* The newest entry is the attempt under way. */
void budget_counted_add(
	struct lineage *lineage, const char *ca, unsigned kinds, int64_t now);
unsigned budget_counted_last(const struct lineage *lineage);
/* Replaces its kinds; none takes the entry away. */
void budget_counted_change(struct lineage *lineage, unsigned kinds);

/* Calls for each entry of that CA. */
void budget_counted_each(const struct lineage *lineage, const char *ca,
	void (*on_entry)(void *data, const struct lineage *lineage,
		unsigned kinds, int64_t when),
	void *data);

void budget_limited_set(struct lineage *lineage, const char *ca,
	enum limit_kind kind, const char *key, int64_t until);
/* False when that CA has said nothing. `key` is borrowed. */
bool budget_limited_get(const struct lineage *lineage, const char *ca,
	enum limit_kind *kind, const char **key, int64_t *until);
