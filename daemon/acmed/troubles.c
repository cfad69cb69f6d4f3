/* SPDX-License-Identifier: MIT */
#include "troubles.h"

#include "duration.h"
#include "ending.h"
#include "json.h"
#include "left_out.h"
#include "mem.h"
#include "path_book.h"
#include "plan.h"
#include "text.h"
#include "troubles_vault.h"

#include <stdio.h>

#define DAY 86400
#define LONG_AGO (40 * DAY)

/* The attempts fail. */

static bool fails(const struct lineage *lineage, int64_t now)
{
	return lineage->certificate && lineage->failures &&
		lineage->err.kind != ERROR_NONE && !plan_is_held(lineage, now);
}

static struct found find_renewal(const struct lineage *lineage, int64_t now)
{
	struct found found = {
		.is_bad = fails(lineage, now),
		.code = lineage->err.code,
	};

	snprintf(found.text, sizeof(found.text), "not renewed: %s",
		lineage->err.text);
	if (lineage_has_certificate(lineage)) {
		found.level = ending_level(lineage, now);
		ending_describe(lineage, now, found.text, sizeof(found.text));
	} else if (lineage->failures > MOST_HICCUPS) {
		found.level = ALERT_WARNING;
	}
	return found;
}

/* It comes to its end, and no failure says why. */

static bool is_in_use(const struct lineage *lineage)
{
	return lineage_has_certificate(lineage) &&
		(lineage->certificate || lineage_is_served(lineage));
}

/* One that is due now will be, or its attempt fails. */
static bool is_being_replaced(const struct lineage *lineage, int64_t now)
{
	struct plan plan = plan_next(lineage, now);

	return lineage->job != JOB_NONE ||
		(plan.action != PLAN_NOTHING && plan.when <= now);
}

static struct found find_expiry(const struct lineage *lineage, int64_t now)
{
	struct found found = {.code = ""};

	if (!is_in_use(lineage) || fails(lineage, now))
		return found;
	found.is_bad = plan_warn_time(lineage) <= now ||
		lineage->facts.not_after < now;
	if (!found.is_bad && ending_is_early(lineage, now)) {
		found.is_undecided = is_being_replaced(lineage, now);
		found.is_bad = !found.is_undecided;
	}
	if (!found.is_bad)
		return found;
	found.level = at_least(ending_level(lineage, now), ALERT_WARNING);
	snprintf(found.text, sizeof(found.text), "%s",
		plan_next(lineage, now).why);
	ending_describe(lineage, now, found.text, sizeof(found.text));
	return found;
}

/* It is there and not in service. Until `deadline` the one before it is. */

/* Nobody has tried, and it waits for nothing that has a name. */
static bool is_left_out(const struct lineage *lineage, int64_t now)
{
	const struct lineage_deploy *deploy = &lineage->deploy;

	return lineage->job == JOB_NONE && deploy->step <= DEPLOY_RELOAD &&
		!deploy->failures && !*deploy->waits_for &&
		lineage->issued[0] && now > lineage->issued[0] + DAY;
}

static struct found find_left_out(const struct lineage *lineage, int64_t now)
{
	struct found found = {
		.is_bad = true, .code = "P2", .level = ALERT_WARNING};
	char since[DURATION_SIZE];

	duration_format(now - lineage->issued[0], since);
	snprintf(found.text, sizeof(found.text),
		"installed %s ago, and its reload was left out: %s", since,
		plan_next(lineage, now).why);
	return found;
}

static struct found find_deploy(const struct lineage *lineage, int64_t now)
{
	const struct lineage_deploy *deploy = &lineage->deploy;
	bool is_open = lineage->certificate && lineage->is_installed &&
		deploy->step != DEPLOY_DONE;
	struct found found = {
		.is_bad = is_open && deploy->failures > 0 && !deploy->is_lost,
		.code = deploy->err.code,
	};

	if (deploy->deadline)
		found.level = ending_level_at(lineage, deploy->deadline, now);
	if (is_open && is_left_out(lineage, now))
		return find_left_out(lineage, now);
	if (found.is_bad && deploy->failures > MOST_HICCUPS)
		found.level = at_least(found.level, ALERT_WARNING);
	if (is_open && !deploy->is_lost && *deploy->waits_for &&
		found.level > ALERT_NOTICE) {
		found.is_bad = true;
		found.code = deploy->step == DEPLOY_RELOAD ? "P1" : "";
		snprintf(found.text, sizeof(found.text),
			"installed, but it still waits for %s",
			deploy->waits_for);
		return found;
	}
	snprintf(found.text, sizeof(found.text), "installed, not deployed: %s",
		deploy->err.text);
	return found;
}

/* It was in service and is so no more. */

static struct found find_served(const struct lineage *lineage, int64_t now)
{
	const struct lineage_deploy *deploy = &lineage->deploy;
	struct found found = {
		.is_bad = lineage->certificate && lineage->is_installed &&
			deploy->is_lost && deploy->step != DEPLOY_DONE,
		.code = deploy->err.code,
		.level = ALERT_WARNING,
	};

	(void)now;
	snprintf(found.text, sizeof(found.text),
		"not served as it should be: %s%s",
		*deploy->waits_for ? "waits for " : "",
		*deploy->waits_for ? deploy->waits_for : deploy->err.text);
	return found;
}

/* Nothing renews it. */

static struct found find_orphan(const struct lineage *lineage, int64_t now)
{
	(void)now;
	return (struct found){
		.is_bad = !lineage->certificate && !lineage->waits_for_file &&
			lineage->is_installed && lineage_is_served(lineage),
		.code = "",
		.level = ALERT_WARNING,
		.text = "its file is gone: it is served and renewed no more",
	};
}

/* The CA relies on validations of long ago (X4). */

static bool is_proven(const struct lineage *lineage, int64_t now)
{
	return !lineage->proven || lineage->proven > now - LONG_AGO ||
		path_book_was_green(lineage, now - LONG_AGO);
}

static struct found find_unproven(const struct lineage *lineage, int64_t now)
{
	struct found found = {
		.is_bad = lineage->certificate && lineage->is_relied &&
			lineage_has_certificate(lineage) &&
			!is_proven(lineage, now),
		.code = "X4",
		.level = ALERT_WARNING,
	};
	char span[DURATION_SIZE];

	if (!found.is_bad)
		return found;
	duration_format(now - lineage->proven, span);
	snprintf(found.text, sizeof(found.text),
		"its CA has validated none of its names for %s, and nobody "
		"has seen that they can be",
		span);
	return found;
}

/* A setting is for another lifetime (X1). A little more than the share is the
 * same number of days. */
static struct found find_misfit(const struct lineage *lineage, int64_t now)
{
	int64_t wanted = lineage->certificate
		? lineage->certificate->policy.renew_before
		: 0;
	int64_t slack = plan_slack(lineage);
	struct found found = {
		.is_bad = lineage_has_certificate(lineage) && wanted > slack &&
			wanted - slack > slack / 10,
		.code = "X1",
		.level = ALERT_NOTICE,
	};
	char before[DURATION_SIZE], lifetime[DURATION_SIZE],
		share[DURATION_SIZE];

	(void)now;
	if (!found.is_bad)
		return found;
	duration_format(wanted, before);
	duration_format(certificate_lifetime(&lineage->facts), lifetime);
	duration_format((slack + 59) / 60 * 60, share);
	snprintf(found.text, sizeof(found.text),
		"RenewBefore=%s does not fit a lifetime of %s: it is renewed "
		"%s before its end",
		before, lifetime, share);
	return found;
}

/* Some of its names fail, and it does without them. */
static struct found find_left_out_names(
	const struct lineage *lineage, int64_t now)
{
	cleanup(json) json_t *names = left_out_list(lineage);
	struct found found = {
		.is_bad = names != NULL,
		.is_undecided = !lineage->certificate, /* is swept out */
		.code = LEFT_OUT_CODE,
		.level = ALERT_WARNING,
	};

	(void)now;
	if (found.is_bad)
		left_out_describe(names, found.text, sizeof(found.text));
	return found;
}

static const struct {
	const char *source;
	struct found (*find)(const struct lineage *lineage, int64_t now);
	bool is_logged; /* by others */
} SOURCES[] = {
	{"renewal", find_renewal, true},
	{"expiry", find_expiry, true},
	{"placeholder", find_unplaced, true},
	{"damage", find_damage, false},
	{"deploy", find_deploy, true},
	{"served", find_served, true},
	{"orphan", find_orphan, true},
	{"state", find_state, true},
	{"path", find_unproven, false},
	{"lifetime", find_misfit, false},
	{"names", find_left_out_names, true},
};

/* Of one whose state cannot be read nothing else is known. */
static bool is_known(const struct lineage *lineage, size_t i)
{
	return lineage->is_loaded ||
		(lineage->unread && SOURCES[i].find == find_state);
}

void troubles_look(struct fleet *fleet, struct lineage *lineage, int64_t now)
{
	if (!fleet->alert || lineage->is_sought || lineage->is_retired)
		return;
	for (size_t i = 0; i < sizeof(SOURCES) / sizeof(*SOURCES); i++) {
		if (!is_known(lineage, i))
			continue;
		struct found found = SOURCES[i].find(lineage, now);
		if (found.is_undecided)
			continue;
		if (!found.is_bad) {
			alert_clear(
				fleet->alert, SOURCES[i].source, lineage->name);
			continue;
		}
		alert_set(fleet->alert,
			&(struct alert_trouble){
				.source = SOURCES[i].source,
				.subject = lineage->name,
				.code = found.code,
				.level = found.level,
				.text = found.text,
				.is_logged = SOURCES[i].is_logged,
			});
	}
}

/* Of an orphan nobody looks at these again. */
static bool is_looked_at(const struct lineage *lineage, const char *source)
{
	const struct config_certificate *certificate = lineage->certificate;

	if (streq(source, "tlsa"))
		return certificate && certificate->deploy.verify != VERIFY_NO;
	return certificate ||
		!(streq(source, "rehearsal") || streq(source, "files") ||
			streq(source, "names"));
}

static bool is_there(void *data, const char *source, const char *certificate)
{
	const struct lineage *lineage = fleet_find(data, certificate);

	return lineage && !lineage->is_retired && is_looked_at(lineage, source);
}

void troubles_sweep(struct fleet *fleet)
{
	alert_sweep(fleet->alert, is_there, fleet);
}
