/* SPDX-License-Identifier: MIT */
#include "pacing.h"

#include "budget.h"
#include "failover.h"
#include "mem.h"

struct question {
	const struct fleet *fleet;
	const struct lineage *lineage;
	int64_t now;
};

static int64_t free_from(void *data, const struct config_ca *ca)
{
	const struct question *question = data;
	struct budget_wait wait;

	budget_allows_at(
		question->fleet, question->lineage, ca, question->now, &wait);
	return wait.until;
}

/* Names that could not be validated would not be elsewhere. */
static int64_t evade(const struct fleet *fleet, struct lineage *lineage,
	const struct budget_wait *wait, int64_t now)
{
	struct question question = {fleet, lineage, now};

	if (wait->kind == LIMIT_FAILURES)
		return wait->until;
	return failover_evade(lineage, wait->until, now, free_from, &question);
}

bool pacing_holds(struct fleet *fleet, struct lineage *lineage, int64_t now)
{
	struct budget_wait wait;
	char text[BUDGET_TEXT_SIZE];

	if (lineage->ignores_limits ||
		budget_allows(fleet, lineage, now, &wait))
		return false;
	budget_describe(lineage, &wait, text);
	int64_t until = evade(fleet, lineage, &wait, now);
	if (until <= now)
		return false;
	free(lineage->paced_by);
	lineage->paced_by = mem_string(text);
	lineage->paced_until = until;
	lineage->paced_since = now;
	lineage->is_forced = false;
	failover_forget(lineage);
	fleet_changed(fleet, lineage);
	return true;
}
