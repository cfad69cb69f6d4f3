/* SPDX-License-Identifier: MIT */
#include "turns.h"

#include "mem.h"
#include "span.h"

#define DAY 86400

/* Until when visitors get a certificate; 0: they get none now. */
static int64_t served_until(const struct lineage *lineage)
{
	if (lineage->deploy.step != DEPLOY_DONE)
		return lineage->deploy.deadline;
	if (!lineage_has_certificate(lineage) || lineage_is_revoked(lineage))
		return 0;
	return lineage->facts.not_after;
}

/* Who waits at a terminal comes first. What serves nothing, be it a new one or
 * one that has expired, is as one with a day left: before all that have weeks,
 * and behind those that would expire meanwhile. Of names that are given up
 * there may be many, for months. */
static int64_t day_of(const struct lineage *lineage, int64_t now)
{
	int64_t until = served_until(lineage);

	if (lineage_is_awaited(lineage))
		return INT64_MIN;
	return (until > now ? until : span_after(now, DAY)) / DAY;
}

/* Those of one day go round: who fails comes due again later, and so behind
 * those that wait. */
static int by_day(const void *a, const void *b)
{
	const struct turn *one = a;
	const struct turn *other = b;
	int64_t due = one->lineage->due;
	int64_t other_due = other->lineage->due;

	if (one->day != other->day)
		return one->day < other->day ? -1 : 1;
	return (due > other_due) - (due < other_due);
}

struct turn *turns_new(const struct fleet *fleet, int64_t now, size_t *count)
{
	struct turn *turns = NULL;

	*count = 0;
	for (size_t i = 0; i < fleet->count; i++) {
		struct lineage *lineage = fleet->lineages[i];
		if (lineage->due > now)
			continue;
		turns = mem_resize(turns, *count + 1, sizeof(*turns));
		turns[(*count)++] =
			(struct turn){lineage, day_of(lineage, now)};
	}
	if (turns)
		qsort(turns, *count, sizeof(*turns), by_day);
	return turns;
}
