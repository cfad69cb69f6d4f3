/* SPDX-License-Identifier: MIT */

/* What people ask of the schedule. */

#include "schedule.h"

#include <time.h>

/* What is issued and not switched in, or installed and not deployed yet, is
 * brought to its end first, unless another one is wanted all the same. */
static void begin_asked(struct schedule *schedule, struct lineage *lineage,
	const struct renew_wish *wish)
{
	bool is_behind = lineage->staged || lineage->deploy.step != DEPLOY_DONE;

	lineage->is_forced = wish->is_forced || !is_behind;
	lineage->ignores_limits = wish->ignores_limits;
	lineage->not_before = 0;
	lineage->placeholder_after = 0;
	lineage->deploy.next = 0;
	lineage->is_retired = false;
	if (!work_begin(schedule_work(schedule), lineage))
		fleet_changed(schedule_fleet(schedule), lineage);
}

bool schedule_renew(struct schedule *schedule, struct lineage *lineage,
	const struct renew_wish *wish, struct error *why)
{
	if (lineage->job == JOB_ISSUE)
		return true;
	if (!refusal_is_none(
		    schedule_fleet(schedule), lineage, wish, time(NULL), why))
		return false;
	if (lineage->job == JOB_DEPLOY && wish->is_forced && !wish->is_dry)
		work_hasten(schedule_work(schedule), lineage);
	if (lineage->job != JOB_NONE)
		return true;
	if (wish->is_dry)
		work_begin_dry(schedule_work(schedule), lineage);
	else
		begin_asked(schedule, lineage, wish);
	return true;
}

void schedule_hold(
	struct schedule *schedule, struct lineage *lineage, int64_t until)
{
	struct fleet *fleet = schedule_fleet(schedule);

	lineage->is_held = true;
	lineage->held_until = until;
	fleet_tell(fleet, lineage,
		&(struct event){.name = "held", .priority = LOG_NOTICE},
		"on hold: it is not renewed until it is unheld");
	fleet_save(fleet, lineage, NULL, NULL);
	fleet_changed(fleet, lineage);
}

void schedule_unhold(struct schedule *schedule, struct lineage *lineage)
{
	struct fleet *fleet = schedule_fleet(schedule);

	lineage->is_held = false;
	lineage->held_until = 0;
	fleet_tell(fleet, lineage,
		&(struct event){.name = "unheld", .priority = LOG_NOTICE},
		"no longer on hold");
	fleet_save(fleet, lineage, NULL, NULL);
	fleet_changed(fleet, lineage);
}

bool schedule_rollback(
	struct schedule *schedule, struct lineage *lineage, struct error *err)
{
	if (lineage->job != JOB_NONE)
		return fail(err, ERROR_REFUSED,
			"'%s' is being worked on, try again in a moment",
			lineage->name);
	if (!lineage->certificate)
		return fail(err, ERROR_REFUSED,
			"'%s' has no configuration file any more",
			lineage->name);
	work_begin_rollback(schedule_work(schedule), lineage);
	return true;
}
