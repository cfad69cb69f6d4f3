/* SPDX-License-Identifier: MIT */
#include "refusal.h"

#include "budget.h"
#include "duration.h"
#include "plan.h"

static bool refuse_orphan(const struct lineage *lineage, struct error *why)
{
	return lineage->certificate ||
		fail(why, ERROR_REFUSED,
			"'%s' has no configuration file any more",
			lineage->name);
}

/* The CA has said so. */
static bool refuse_retry_after(
	const struct lineage *lineage, int64_t now, struct error *why)
{
	char wait[DURATION_SIZE];

	if (lineage->err.retry_after <= 0 || lineage->not_before <= now)
		return true;
	duration_format(lineage->not_before - now, wait);
	return fail(why, ERROR_REFUSED,
		"CA '%s' asked to wait for another %s (--ignore-limits does "
		"not): %s",
		lineage_ca(lineage)->name, wait, lineage->err.text);
}

/* The CA would say so. */
static bool refuse_limit(struct fleet *fleet, const struct lineage *lineage,
	int64_t now, struct error *why)
{
	struct budget_wait limit;
	char text[BUDGET_TEXT_SIZE];
	char wait[DURATION_SIZE];

	if (budget_allows(fleet, lineage, now, &limit))
		return true;
	budget_describe(lineage, &limit, text);
	duration_format(limit.until - now, wait);
	return fail(why, ERROR_REFUSED,
		"%.300s is used up for another %s (--ignore-limits asks all "
		"the same)",
		text, wait);
}

static bool is_due(const struct lineage *lineage, int64_t now)
{
	return !lineage_has_certificate(lineage) || lineage->failures ||
		lineage->deploy.step != DEPLOY_DONE ||
		plan_renewal_time(lineage) <= now ||
		plan_next(lineage, now).when <= now;
}

static bool refuse_idle(
	const struct lineage *lineage, int64_t now, struct error *why)
{
	char wait[DURATION_SIZE];

	if (plan_is_held(lineage, now))
		return fail(why, ERROR_REFUSED,
			"'%s' is on hold; acmectl unhold %s ends that",
			lineage->name, lineage->name);
	if (is_due(lineage, now))
		return true;
	duration_format(plan_renewal_time(lineage) - now, wait);
	return fail(why, ERROR_NONE,
		"'%s' is not due: it will be renewed in %s (--force renews it "
		"now)",
		lineage->name, wait);
}

bool refusal_is_none(struct fleet *fleet, const struct lineage *lineage,
	const struct renew_wish *wish, int64_t now, struct error *why)
{
	if (!refuse_orphan(lineage, why))
		return false;
	if (!wish->ignores_limits && !refuse_retry_after(lineage, now, why))
		return false;
	if (lineage->job != JOB_NONE || wish->is_dry)
		return true;
	if (!wish->is_forced && !refuse_idle(lineage, now, why))
		return false;
	bool is_deployment =
		!wish->is_forced && lineage->deploy.step != DEPLOY_DONE;
	return wish->ignores_limits || is_deployment ||
		refuse_limit(fleet, lineage, now, why);
}
