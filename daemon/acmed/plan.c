/* SPDX-License-Identifier: MIT */
#include "plan.h"

#include "duration.h"
#include "left_out.h"
#include "span.h"
#include "text.h"
#include "timestamp.h"

#include <stdarg.h>
#include <stdio.h>

#define DAY 86400
#define CLOCK_WAIT_MAX (2 * 60) /* of Q5 */
#define WEEK (7 * DAY)
#define MOST_ISSUANCES_A_WEEK 3
#define SHORT_LIVED (10 * DAY)
#define LONG_LIVED (90 * DAY)

static struct plan plan_to(enum plan_action action, int64_t when,
	const char *format, ...) __attribute__((format(printf, 3, 4)));

static struct plan plan_to(
	enum plan_action action, int64_t when, const char *format, ...)
{
	struct plan plan = {.action = action, .when = when};
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(plan.why, sizeof(plan.why), format, arguments);
	va_end(arguments);
	return plan;
}

static const struct renewal_policy *policy_of(const struct lineage *lineage)
{
	static const struct renewal_policy DEFAULT;

	if (!lineage->certificate)
		return &DEFAULT;
	return &lineage->certificate->policy;
}

int64_t plan_slack(const struct lineage *lineage)
{
	if (!lineage->is_installed)
		return 0;
	return renewal_slack(policy_of(lineage), lineage->facts.not_before,
		lineage->facts.not_after);
}

int64_t plan_undisturbed(const struct lineage *lineage)
{
	if (!lineage->is_installed)
		return 0;
	return renewal_time(policy_of(lineage), lineage->facts.not_before,
		lineage->facts.not_after, lineage->seed);
}

int64_t plan_renewal_time(const struct lineage *lineage)
{
	if (!lineage->is_installed)
		return 0;
	return renewal_info_time(&lineage->info, lineage->facts.ari_id,
		plan_undisturbed(lineage), lineage->facts.not_after,
		plan_slack(lineage));
}

int64_t plan_warn_time(const struct lineage *lineage)
{
	return renewal_warn_time(policy_of(lineage), lineage->facts.not_before,
		lineage->facts.not_after);
}

/* One that the clock was ahead for (C2) says nothing of when it was. */
static int64_t issuance(const struct lineage *lineage, size_t i, int64_t now)
{
	return lineage->issued[i] > now ? 0 : lineage->issued[i];
}

/* Contract, "Renewal policy". What is damaged may be one of a few days, of
 * which a week holds more than three: for all we know it was never whole. */
int64_t plan_earliest_issuance(const struct lineage *lineage, int64_t now)
{
	int64_t lifetime = certificate_lifetime(&lineage->facts);
	int64_t last = issuance(lineage, 0, now);
	int64_t third = issuance(lineage, MOST_ISSUANCES_A_WEEK - 1, now);

	if (lineage->damage)
		return last ? span_after(last, renewal_minimum_gap(LONG_LIVED))
			    : 0;
	if (!lineage_has_certificate(lineage))
		return 0;
	int64_t earliest =
		last ? span_after(last, renewal_minimum_gap(lifetime)) : 0;
	if (lifetime >= SHORT_LIVED && third &&
		span_after(third, WEEK) > earliest)
		earliest = span_after(third, WEEK);
	return earliest;
}

/* Inside a window, unless the next one leaves less than half of the slack
 * before `expiry` of what is served now; 0: nothing is. */
static void respect_windows(const struct lineage *lineage, int64_t now,
	int64_t expiry, struct plan *plan)
{
	const struct config_certificate *certificate = lineage->certificate;
	int64_t when = plan->when > now ? plan->when : now;
	int64_t last = span_after(expiry, -(plan_slack(lineage) / 2));

	if (!certificate->window_count || !expiry)
		return;
	int64_t next = renewal_window_next(
		certificate->windows, certificate->window_count, when);
	if (next == when)
		return;
	if (next > last) {
		plan->is_urgent = true;
		return;
	}
	plan->when = next;
	size_t length = strlen(plan->why);
	snprintf(plan->why + length, sizeof(plan->why) - length,
		"; waits for its window");
}

static bool has_other_names(const struct lineage *lineage)
{
	return !lineage_has_its_names(lineage) && !left_out_is_reduced(lineage);
}

static bool has_other_key(const struct lineage *lineage)
{
	return *lineage->facts.key_type &&
		!streq(lineage->facts.key_type,
			key_type_name(lineage->certificate->key));
}

/* When an issuance is wanted at all, before failures have their say. */
static struct plan want(const struct lineage *lineage, int64_t now)
{
	char date[TIMESTAMP_SIZE];

	if (lineage->is_forced)
		return plan_to(PLAN_ISSUE, 0, "asked for");
	int64_t earliest = plan_earliest_issuance(lineage, now);
	if (lineage->damage)
		return plan_to(
			PLAN_ISSUE, earliest, "what is installed is damaged");
	if (!lineage_has_certificate(lineage))
		return plan_to(
			PLAN_ISSUE, 0, "no certificate has been issued yet");
	if (lineage_is_revoked(lineage))
		return plan_to(PLAN_ISSUE, 0, "its certificate is revoked");
	if (has_other_names(lineage))
		return plan_to(PLAN_ISSUE, earliest, "its names have changed");
	if (!lineage_has_its_request(lineage))
		return plan_to(PLAN_ISSUE, earliest,
			lineage->certificate->csr
				? "its request (CSR=) has changed"
				: "its key is not on this machine");
	if (has_other_key(lineage))
		return plan_to(
			PLAN_ISSUE, earliest, "its type of key has changed");
	timestamp_format(lineage->facts.not_after, date);
	int64_t when = plan_renewal_time(lineage);
	int64_t again = left_out_retry(lineage, now);
	if (again < when)
		return plan_to(PLAN_ISSUE, again > earliest ? again : earliest,
			"some of its names were left out");
	if (earliest > when)
		return plan_to(PLAN_ISSUE, earliest,
			"expires %s; issued only just now", date);
	return plan_to(PLAN_ISSUE, when, "expires %s", date);
}

static bool has_wrong_clock(const struct error *err)
{
	return streq(err->code, "C1") && backoff_class_of(err) == BACKOFF_Q5;
}

/* The next attempt, which is soon after one that failed for the clock. */
static int64_t next_attempt(const struct lineage *lineage, int64_t now)
{
	int64_t when = backoff_drawn(lineage->not_before, now);

	if (span_between(now, when) > CLOCK_WAIT_MAX &&
		has_wrong_clock(&lineage->err))
		return 0;
	return when;
}

/* What a clock that was ahead has found (C2) is looked at again. */
static bool is_paced(const struct lineage *lineage, int64_t now)
{
	return lineage->paced_until > now && lineage->paced_since <= now;
}

/* What was begun is brought to its end, also when it was asked for before its
 * date (K1), and before there was an order. */
static void respect_failures(
	const struct lineage *lineage, int64_t now, struct plan *plan)
{
	if (!lineage->failures)
		return;
	plan->when = next_attempt(lineage, now);
	if (!plan->when)
		return;
	snprintf(plan->why, sizeof(plan->why),
		"%u failed attempt%s; tried again later", lineage->failures,
		lineage->failures > 1 ? "s" : "");
}

/* An order in flight too: the CA counts what fails in it. */
static void respect_limits(
	const struct lineage *lineage, int64_t now, struct plan *plan)
{
	if (!is_paced(lineage, now) || lineage->paced_until <= plan->when)
		return;
	plan->when = lineage->paced_until;
	snprintf(plan->why, sizeof(plan->why), "%.200s is used up",
		lineage->paced_by);
}

static struct plan plan_issue(const struct lineage *lineage, int64_t now)
{
	struct plan plan = want(lineage, now);
	bool is_in_flight = lineage->order && lineage->is_interrupted;

	if (lineage->is_forced)
		return plan;
	if (is_in_flight)
		plan = plan_to(PLAN_ISSUE, 0, "an order is in flight");
	else
		respect_failures(lineage, now, &plan);
	respect_limits(lineage, now, &plan);
	if (!is_in_flight && lineage_has_certificate(lineage))
		respect_windows(lineage, now, lineage->facts.not_after, &plan);
	return plan;
}

bool plan_is_held(const struct lineage *lineage, int64_t now)
{
	return lineage->is_held &&
		(!lineage->held_until || lineage->held_until > now);
}

bool plan_doubts_clock(const struct lineage *lineage, int64_t now)
{
	return lineage->certificate && lineage->failures &&
		streq(lineage->err.code, "C1") && !plan_is_held(lineage, now);
}

static struct plan want_deploy(const struct lineage_deploy *deploy, int64_t now)
{
	int64_t next = backoff_drawn(deploy->next, now);

	if (deploy->outcome == DEPLOY_WAITS && deploy->next)
		return plan_to(
			PLAN_DEPLOY, next, "waits for %s", deploy->waits_for);
	if (deploy->failures)
		return plan_to(PLAN_DEPLOY, next, "%u failed deployment%s",
			deploy->failures, deploy->failures > 1 ? "s" : "");
	return plan_to(PLAN_DEPLOY, 0, "installed, but not deployed yet");
}

/* The first try belongs to the issuance before it, which was in a window. */
static struct plan plan_deploy(const struct lineage *lineage, int64_t now)
{
	struct plan plan = want_deploy(&lineage->deploy, now);

	if (lineage->deploy.next)
		respect_windows(lineage, now, lineage->deploy.deadline, &plan);
	return plan;
}

/* A switch that failed, as an attempt that did, waits for its time. */
static struct plan plan_switch(const struct lineage *lineage, int64_t now)
{
	return plan_to(PLAN_SWITCH,
		lineage->failures ? next_attempt(lineage, now) : 0,
		"issued, not switched in yet");
}

/* What is damaged may do for a service all the same (L5). */
static bool wants_placeholder(const struct lineage *lineage)
{
	return !lineage->is_installed && !lineage->damage &&
		lineage->certificate->placeholder;
}

struct plan plan_next(const struct lineage *lineage, int64_t now)
{
	if (lineage->job != JOB_NONE)
		return plan_to(PLAN_NOTHING, INT64_MAX, "at work on it now");
	if (!lineage->certificate)
		return plan_to(PLAN_NOTHING, INT64_MAX, "%s",
			lineage->waits_for_file
				? "its file has a mistake, and was never "
				  "accepted"
				: "its configuration file is gone");
	if (!lineage->is_loaded)
		return plan_to(PLAN_NOTHING, INT64_MAX, "%s",
			lineage->unread ? "its state cannot be read"
					: "not loaded yet");
	if (lineage->is_retired && !lineage->is_forced)
		return plan_to(PLAN_NOTHING, INT64_MAX,
			"retired: it expired, and all its names lead "
			"elsewhere");
	if (wants_placeholder(lineage))
		return plan_to(PLAN_PLACEHOLDER, lineage->placeholder_after,
			"nothing is installed yet");
	if (lineage->staged)
		return plan_switch(lineage, now);
	bool is_deployed = lineage->deploy.step == DEPLOY_DONE ||
		lineage_waits_for_file(lineage);
	struct plan deploy = plan_deploy(lineage, now);
	if (plan_is_held(lineage, now) && !lineage->is_forced)
		return is_deployed ? plan_to(PLAN_NOTHING, INT64_MAX, "on hold")
				   : deploy;
	struct plan issue = plan_issue(lineage, now);
	if (is_deployed || lineage->is_forced ||
		!lineage_has_certificate(lineage))
		return issue;
	return deploy.when <= issue.when ? deploy : issue;
}

/* What has come due meanwhile, as by the end of a hold, is in its time. */
bool plan_is_forgotten(const struct lineage *lineage, int64_t minute_ago)
{
	if (lineage->due != INT64_MAX)
		return false;
	struct plan plan = plan_next(lineage, minute_ago);
	return plan.action != PLAN_NOTHING && plan.when <= minute_ago;
}

/* Only what was seen on the wire is "ok". */
static const char *deployed_word(const struct lineage *lineage)
{
	return lineage->deploy.step == DEPLOY_DONE &&
			lineage->deploy.outcome == DEPLOY_SERVED
		? "ok"
		: "installed, unproven";
}

void plan_state(const struct lineage *lineage, int64_t now,
	char out[static PLAN_STATE_SIZE])
{
	const char *word = "ok";
	bool has = lineage_has_certificate(lineage);

	if (!lineage->certificate)
		word = lineage->waits_for_file ? "failing" : "orphan";
	else if (lineage->is_retired)
		word = "retired";
	else if (has && lineage->facts.not_after < now &&
		!plan_doubts_clock(lineage, now))
		word = "expired";
	else if (lineage->failures || lineage->deploy.failures ||
		lineage->unplaced || lineage->unread)
		word = "failing"; /* until it is well, also while it tries */
	else if (lineage->job == JOB_ISSUE)
		word = "renewing";
	else if (plan_is_held(lineage, now))
		word = "on hold";
	else if (!has)
		word = lineage->is_installed ? "placeholder" : "renewing";
	else if (plan_warn_time(lineage) <= now)
		word = "soon";
	else if (lineage->deploy.outcome == DEPLOY_WAITS) {
		snprintf(out, PLAN_STATE_SIZE, "installed, waits for %s",
			lineage->deploy.waits_for);
		return;
	} else
		word = deployed_word(lineage);
	snprintf(out, PLAN_STATE_SIZE, "%s", word);
}
