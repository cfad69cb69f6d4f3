/* SPDX-License-Identifier: MIT */
#include "ending.h"

#include "duration.h"
#include "plan.h"
#include "text.h"
#include "timestamp.h"

#include <stdio.h>

enum alert_level ending_level_at(
	const struct lineage *lineage, int64_t end, int64_t now)
{
	const struct certificate_facts *facts = &lineage->facts;
	int64_t slack = plan_slack(lineage);

	return alert_level_of(&(struct alert_slack){
		.used = slack - (end - now),
		.slack = slack,
		.lifetime = facts->not_after - facts->not_before,
	});
}

/* The CA has wanted it replaced before its time, and that is over. A window
 * that lies where it would have been renewed anyway says nothing. */
static bool is_overdue(const struct lineage *lineage, int64_t now)
{
	const struct renewal_info *info = &lineage->info;

	return info->selected && info->end <= now &&
		info->end < plan_undisturbed(lineage);
}

bool ending_is_early(const struct lineage *lineage, int64_t now)
{
	return lineage_is_revoked(lineage) || is_overdue(lineage, now);
}

enum alert_level ending_level(const struct lineage *lineage, int64_t now)
{
	enum alert_level level =
		ending_level_at(lineage, lineage->facts.not_after, now);
	enum alert_level least = ALERT_NOTICE;

	if (lineage_is_revoked(lineage))
		least = ALERT_CRITICAL;
	else if (is_overdue(lineage, now))
		least = ALERT_WARNING;
	return level < least ? least : level;
}

void ending_describe(
	const struct lineage *lineage, int64_t now, char *text, size_t size)
{
	size_t length = strlen(text);
	int64_t left = lineage->facts.not_after - now;
	char span[DURATION_SIZE], date[TIMESTAMP_SIZE];

	text += length;
	size -= length;
	if (lineage_is_revoked(lineage)) {
		snprintf(text, size, "; it is revoked");
		return;
	}
	if (left >= 0 && is_overdue(lineage, now)) {
		timestamp_format(lineage->info.end, date);
		snprintf(text, size, "; its CA wanted it replaced by %s", date);
		return;
	}
	duration_format(left < 0 ? -left : left, span);
	if (left < 0 && plan_doubts_clock(lineage, now)) {
		snprintf(text, size, "; by that clock it ended %s ago", span);
		return;
	}
	snprintf(text, size,
		left < 0 ? "; it has expired %s ago" : "; it expires in %s",
		span);
}
