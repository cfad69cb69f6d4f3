/* SPDX-License-Identifier: MIT */
#include "setback.h"

#include "duration.h"
#include "plan.h"
#include "random.h"
#include "span.h"
#include "telling_level.h"

#include <stdio.h>
#include <syslog.h>

static int64_t time_left(const struct lineage *lineage, int64_t now)
{
	if (!lineage_has_certificate(lineage))
		return 0;
	return span_between(now, lineage->facts.not_after);
}

void setback_schedule(
	struct lineage *lineage, const struct error *err, int64_t now)
{
	enum backoff_class class = backoff_class_of(err);

	lineage->not_before = span_after(now,
		backoff_delay(class, lineage->class_failures[class],
			time_left(lineage, now), err->retry_after,
			random_real()));
}

int64_t setback_next_try(const struct lineage *lineage, int64_t now,
	char words[static SETBACK_WORDS_SIZE])
{
	struct lineage idle = *lineage; /* the attempt is over */
	char wait[DURATION_SIZE];

	idle.job = JOB_NONE;
	struct plan plan = plan_next(&idle, now);
	if (plan.action == PLAN_NOTHING) {
		snprintf(words, SETBACK_WORDS_SIZE, "not tried again: %.40s",
			plan.why);
		return 0;
	}
	/* A deployment or a placeholder that comes first issues nothing. */
	bool is_issue = plan.action == PLAN_ISSUE || plan.action == PLAN_SWITCH;
	int64_t next = is_issue ? plan.when : lineage->not_before;
	duration_format(next > now ? span_between(now, next) : 0, wait);
	snprintf(words, SETBACK_WORDS_SIZE, "next try in %s", wait);
	return next;
}

int setback_priority(const struct lineage *lineage, int64_t now)
{
	const struct certificate_facts *facts = &lineage->facts;

	if (!lineage_has_certificate(lineage))
		return LOG_WARNING;
	return alert_priority(alert_level_of(&(struct alert_slack){
		.used = span_between(plan_renewal_time(lineage), now),
		.slack = plan_slack(lineage),
		.lifetime = span_between(facts->not_before, facts->not_after),
	}));
}
