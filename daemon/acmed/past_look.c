/* SPDX-License-Identifier: MIT */
#include "past_look.h"

#include "budget.h"
#include "duration.h"
#include "json.h"
#include "left_out.h"
#include "mem.h"
#include "member.h"
#include "plan.h"
#include "text.h"
#include "timestamp.h"

#include <stdio.h>
#include <time.h>

struct look {
	const struct fleet *fleet; /* or NULL */
	const struct lineage *lineage;
	const struct finding_listener *listener;
	int64_t now;
	enum finding_verdict verdict;
};

static void tell(struct look *look, const char *check,
	enum finding_verdict verdict, const struct error *err)
{
	look->verdict = finding_join(look->verdict, verdict);
	finding_error(look->listener, check, look->lineage->name, verdict, err);
}

static void good(struct look *look, const char *check, const char *text)
{
	look->verdict = finding_join(look->verdict, FINDING_GOOD);
	finding_good(look->listener, check, look->lineage->name, "%s", text);
}

static void look_at_attempts(struct look *look)
{
	const struct lineage *lineage = look->lineage;
	struct error err = lineage->err;
	char wait[DURATION_SIZE];

	if (!lineage->failures || err.kind == ERROR_NONE) {
		good(look, "attempts", "none has failed since the last issue");
		return;
	}
	duration_format(look->now - lineage->last_attempt, wait);
	error_prefix(&err, "%u failed, the last one %s ago", lineage->failures,
		wait);
	tell(look, "attempts", FINDING_BAD, &err);
}

static void look_at_names(struct look *look)
{
	json_t *names cleanup(json) = left_out_list(look->lineage);
	struct error err;

	if (!names)
		return;
	fail_cause(&err, ERROR_VALIDATION, "K9",
		"issued without %s and %zu more",
		json_string_value(json_array_get(names, 0)),
		json_array_size(names) - 1);
	tell(look, "left-out", FINDING_BAD, &err);
}

static void look_at_deployment(struct look *look)
{
	struct error err = look->lineage->deploy.err;

	if (!look->lineage->deploy.failures || err.kind == ERROR_NONE)
		return;
	error_prefix(&err, "%u failed", look->lineage->deploy.failures);
	tell(look, "deployment", FINDING_BAD, &err);
}

/* A hold is somebody's wish, and still no renewal. */
static void look_at_next(struct look *look)
{
	struct plan plan = plan_next(look->lineage, look->now);
	int64_t left = plan.when - look->now;
	char wait[DURATION_SIZE], text[400];
	struct error err;

	if (plan.action == PLAN_NOTHING && look->lineage->job == JOB_NONE) {
		fail_cause(&err, ERROR_REFUSED, "L13", "nothing: %s", plan.why);
		tell(look, "next", FINDING_BAD, &err);
		return;
	}
	duration_format(left > 0 ? left : 0, wait);
	if (plan.action == PLAN_NOTHING)
		snprintf(text, sizeof(text), "%s", plan.why);
	else
		snprintf(text, sizeof(text), "in %s: %s", wait, plan.why);
	good(look, "next", text);
}

static bool look_at_told_limit(struct look *look)
{
	const json_t *limited = look->lineage->limited;
	const char *key = member_string_or(limited, "key", "");
	char date[TIMESTAMP_SIZE];
	struct error err;

	if (member_time(limited, "until") <= look->now)
		return false;
	timestamp_format(member_time(limited, "until"), date);
	fail_cause(&err, ERROR_LIMITED, "R5",
		"limit '%s' of CA '%s'%s%s is used up until %s",
		member_string_or(limited, "kind", ""),
		member_string_or(limited, "ca", ""), *key ? " for " : "", key,
		date);
	tell(look, "limits", FINDING_BAD, &err);
	return true;
}

/* As we count; a CA that tells of none has none that we know. */
static void look_at_limits(struct look *look)
{
	const struct config_ca *ca = lineage_ca(look->lineage);
	struct text left cleanup_text_value = {0};

	if (look_at_told_limit(look) || !look->fleet)
		return;
	for (unsigned i = 0; i < LIMIT_KINDS; i++) {
		enum limit_kind kind = (enum limit_kind)i;
		int64_t count = budget_left(look->fleet, ca, kind, look->now);
		if (count >= 0)
			text_addf(&left, "%s%lld of %s",
				left.length ? ", " : "", (long long)count,
				limit_name(kind));
	}
	if (left.length)
		text_add(&left, " left, as acmed counts");
	good(look, "limits", left.length ? left.data : "none are known");
}

enum finding_verdict past_look(const struct fleet *fleet,
	const struct lineage *lineage, const struct finding_listener *listener)
{
	struct look look = {
		.fleet = fleet,
		.lineage = lineage,
		.listener = listener,
		.now = time(NULL),
		.verdict = FINDING_UNKNOWN,
	};
	struct error err;

	if (!lineage->is_loaded) {
		fail(&err, ERROR_LOCAL,
			"only root can see how attempts went while the daemon "
			"is down");
		tell(&look, "attempts", FINDING_UNKNOWN, &err);
		return look.verdict;
	}
	look_at_names(&look);
	look_at_deployment(&look);
	look_at_attempts(&look);
	look_at_next(&look);
	if (lineage->certificate)
		look_at_limits(&look);
	return look.verdict;
}
