/* SPDX-License-Identifier: MIT */
#include "clock_watch.h"

#include "duration.h"
#include "plan.h"

#include <math.h>
#include <time.h>

static double seconds_of(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void tell(const struct fleet *fleet, const char *code, const char *text)
{
	struct error err;

	fail_cause(&err, ERROR_LOCAL, code, "%s", text);
	events_emit(fleet->events,
		&(struct event){
			.name = "trouble", .priority = LOG_NOTICE, .err = &err},
		"%s", text);
}

/* To the minute, which is all that anybody wants to know. */
static void write_span(double seconds, char out[static DURATION_SIZE])
{
	duration_format((int64_t)(seconds / 60. + .5) * 60, out);
}

static void tell_jump(const struct fleet *fleet, double seconds)
{
	char span[DURATION_SIZE], text[128];

	write_span(fabs(seconds), span);
	snprintf(text, sizeof(text),
		"the clock was set %s %s: all dates are computed anew", span,
		seconds > 0 ? "ahead" : "back");
	tell(fleet, "C2", text);
}

/* Planned for a moment that was slept through. */
static unsigned count_missed(
	const struct fleet *fleet, double from, double until)
{
	unsigned count = 0;

	for (size_t i = 0; i < fleet->count; i++) {
		const struct lineage *lineage = fleet->lineages[i];
		double when = (double)plan_renewal_time(lineage);
		count += lineage->certificate && when > from && when <= until &&
			lineage_has_certificate(lineage);
	}
	return count;
}

static void tell_sleep(
	const struct fleet *fleet, double seconds, unsigned missed)
{
	char span[DURATION_SIZE], text[128];

	write_span(seconds, span);
	snprintf(text, sizeof(text),
		"the machine has slept for %s: %u certificate%s came due "
		"meanwhile",
		span, missed, missed > 1 ? "s" : "");
	tell(fleet, "C3", text);
}

void clock_watch_look(struct clock_watch *watch, const struct fleet *fleet)
{
	const struct clock_reading last = watch->last;
	const struct clock_reading now = {
		.wall = seconds_of(CLOCK_REALTIME),
		.boot = seconds_of(CLOCK_BOOTTIME),
		.awake = seconds_of(CLOCK_MONOTONIC),
	};

	if (now.wall - last.wall == 0.)
		return;
	watch->last = now;
	if (last.boot <= 0.)
		return;
	struct clock_step step = clock_step_between(&last, &now);
	unsigned missed = step.slept > 0.
		? count_missed(fleet, now.wall - step.slept, now.wall)
		: 0;
	if (step.jumped < 0. || step.jumped > 0.)
		tell_jump(fleet, step.jumped);
	if (missed)
		tell_sleep(fleet, step.slept, missed);
}
