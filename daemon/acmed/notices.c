/* SPDX-License-Identifier: MIT */
#include "notices.h"

#include "duration.h"
#include "plan.h"
#include "text.h"

#include <time.h>

#define DAY 86400

/* Arrivals. */

void notices_issued(
	struct fleet *fleet, struct lineage *lineage, const json_t *version)
{
	struct certificate_facts facts = {0};
	char left[DURATION_SIZE];
	const json_t *object = json_object_get(version, "facts");

	if (!object || !certificate_facts_from_json(object, &facts, NULL))
		return;
	duration_format(facts.not_after - time(NULL), left);
	fleet_tell(fleet, lineage,
		&(struct event){
			.name = "issued",
			.priority = LOG_INFO,
			.serial = facts.serial,
			.not_after = facts.not_after,
			.attempt = lineage->failures + 1,
		},
		"issued: serial %s by %s, good for %s", facts.serial,
		facts.issuer, left);
	certificate_facts_clear(&facts);
}

void notices_root(
	struct fleet *fleet, struct lineage *lineage, const char *anchor)
{
	const char *now = lineage->facts.anchor;
	struct error err;

	if (!*anchor || !*now || streq(anchor, now))
		return;
	fail_cause(&err, ERROR_LOCAL, "P10",
		"its chain now leads to '%.100s', and led to '%.100s': old "
		"devices may not know that root",
		now, anchor);
	fleet_tell(fleet, lineage,
		&(struct event){
			.name = "step", .priority = LOG_NOTICE, .err = &err},
		"%s", err.text);
}

void notices_installed(struct fleet *fleet, struct lineage *lineage)
{
	fleet_tell(fleet, lineage,
		&(struct event){.name = "installed", .priority = LOG_INFO},
		"installed: version %u lies below live/", lineage->version);
}

/* What lay there before, and was not to be seen, is there now. */
void notices_placeholder(struct fleet *fleet, struct lineage *lineage)
{
	if (lineage_has_certificate(lineage)) {
		notices_installed(fleet, lineage);
		return;
	}
	fleet_tell(fleet, lineage,
		&(struct event){.name = "placeholder", .priority = LOG_INFO},
		"a placeholder lies below live/ until it is issued");
}

/* A fault of ours: the change that makes it due was never looked at. */
void notices_forgotten(struct fleet *fleet, struct lineage *lineage)
{
	struct error err;

	fail_cause(&err, ERROR_LOCAL, "N11",
		"it was due, and nothing was scheduled: it is scheduled now");
	fleet_tell(fleet, lineage,
		&(struct event){
			.name = "error", .priority = LOG_ERR, .err = &err},
		"%s", err.text);
}

/* The end comes near. A hold silences nothing. */

static int64_t next_action(const struct lineage *lineage, int64_t now)
{
	struct plan plan = plan_next(lineage, now);

	if (plan.action == PLAN_NOTHING)
		return 0;
	return plan.when > now ? plan.when : now;
}

static void tell_expiring(
	struct fleet *fleet, struct lineage *lineage, int64_t now)
{
	char left[DURATION_SIZE];

	duration_format(lineage->facts.not_after - now, left);
	fleet_tell(fleet, lineage,
		&(struct event){
			.name = "expiring",
			.priority = LOG_WARNING,
			.next = next_action(lineage, now),
		},
		"expires in %s; 'acmectl status %s' says why it is not "
		"renewed",
		left, lineage->name);
}

/* Not said to be so by a clock that was found wrong, but no less loud. */
static void tell_doubt(
	struct fleet *fleet, struct lineage *lineage, int64_t now)
{
	char since[DURATION_SIZE];

	duration_format(now - lineage->facts.not_after, since);
	fleet_tell(fleet, lineage,
		&(struct event){
			.name = "expiring",
			.priority = LOG_CRIT,
			.next = next_action(lineage, now),
		},
		"is not renewed for a clock that is wrong, by which it ended "
		"%s ago; see 'acmectl status %s'",
		since, lineage->name);
}

static void tell_expired(
	struct fleet *fleet, struct lineage *lineage, int64_t now)
{
	char since[DURATION_SIZE];

	duration_format(now - lineage->facts.not_after, since);
	fleet_tell(fleet, lineage,
		&(struct event){
			.name = "expired",
			.priority = LOG_CRIT,
			.next = next_action(lineage, now),
		},
		"has expired %s ago, clients refuse it; 'acmectl status %s' "
		"says why it is not renewed",
		since, lineage->name);
}

static enum lineage_notice notice_of(const struct lineage *lineage, int64_t now)
{
	if (!lineage_has_certificate(lineage) || lineage->is_retired)
		return NOTICE_NONE;
	if (!lineage->certificate && !lineage_is_served(lineage))
		return NOTICE_NONE;
	if (lineage->facts.not_after < now)
		return plan_doubts_clock(lineage, now) ? NOTICE_DOUBTED
						       : NOTICE_EXPIRED;
	return plan_warn_time(lineage) <= now ? NOTICE_EXPIRING : NOTICE_NONE;
}

static void look_at_expiry(
	struct fleet *fleet, struct lineage *lineage, int64_t now)
{
	enum lineage_notice notice = notice_of(lineage, now);
	bool is_news = notice > lineage->notice ||
		now >= lineage->notice_time + DAY || now < lineage->notice_time;

	if (notice == NOTICE_NONE || !is_news) {
		if (notice < lineage->notice)
			lineage->notice = notice;
		return;
	}
	lineage->notice = notice;
	lineage->notice_time = now;
	if (notice == NOTICE_EXPIRED)
		tell_expired(fleet, lineage, now);
	else if (notice == NOTICE_DOUBTED)
		tell_doubt(fleet, lineage, now);
	else
		tell_expiring(fleet, lineage, now);
}

/* Nothing renews it. */

static bool is_orphan(const struct lineage *lineage)
{
	return !lineage->certificate && !lineage->waits_for_file &&
		lineage->is_installed;
}

static void look_at_file(struct fleet *fleet, struct lineage *lineage)
{
	bool was_told = lineage->is_orphan_told;
	bool is_served = lineage_is_served(lineage);

	lineage->is_orphan_told = is_orphan(lineage);
	if (was_told || !lineage->is_orphan_told)
		return;
	fleet_tell(fleet, lineage,
		&(struct event){
			.name = "orphan",
			.priority = is_served ? LOG_WARNING : LOG_NOTICE,
		},
		"its file is gone: it is renewed no more%s",
		is_served ? ", and is still served" : "");
}

void notices_look(struct fleet *fleet, struct lineage *lineage, int64_t now)
{
	if (!lineage->is_loaded || lineage->is_sought)
		return;
	look_at_file(fleet, lineage);
	look_at_expiry(fleet, lineage, now);
}
