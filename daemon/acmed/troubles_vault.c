/* SPDX-License-Identifier: MIT */
#include "troubles_vault.h"

#include "ending.h"
#include "plan.h"

#include <stdio.h>

struct found find_unplaced(const struct lineage *lineage, int64_t now)
{
	struct found found = {
		.is_bad = lineage->certificate && lineage->unplaced,
		.level = lineage->unplaced > MOST_HICCUPS ? ALERT_WARNING
							  : ALERT_NOTICE,
	};

	(void)now;
	if (!found.is_bad)
		return found;
	found.code = lineage->misplaced->code;
	snprintf(found.text, sizeof(found.text), "no placeholder: %s",
		lineage->misplaced->text);
	return found;
}

/* A service that reads it anew may fail. */
struct found find_damage(const struct lineage *lineage, int64_t now)
{
	struct found found = {
		.is_bad = lineage->certificate && lineage->damage,
		.level = ALERT_WARNING,
	};

	if (!found.is_bad)
		return found;
	found.code = lineage->damage->code;
	snprintf(found.text, sizeof(found.text),
		"what is installed is damaged: %.400s; %s",
		lineage->damage->text,
		plan_is_held(lineage, now)
			? "it is on hold"
			: "another one is to take its place");
	return found;
}

/* Nothing is done until it is, and the certificate may end meanwhile. */
static struct found find_unread(const struct lineage *lineage, int64_t now)
{
	struct found found = {
		.is_bad = true,
		.code = lineage->unread->code,
		.level = ALERT_WARNING,
	};

	snprintf(found.text, sizeof(found.text),
		"'state/%s.json' cannot be read: %.300s", lineage->name,
		lineage->unread->text);
	if (!lineage_has_certificate(lineage))
		return found;
	found.level = at_least(ending_level(lineage, now), ALERT_WARNING);
	ending_describe(lineage, now, found.text, sizeof(found.text));
	return found;
}

/* A first refusal may be over in a minute. */
struct found find_state(const struct lineage *lineage, int64_t now)
{
	struct found found = {
		.is_bad = lineage->refusals > 1,
		.level = ALERT_WARNING,
	};

	if (lineage->unread)
		return find_unread(lineage, now);
	if (!found.is_bad)
		return found;
	found.code = lineage->unsaved->code;
	snprintf(found.text, sizeof(found.text),
		"'state/%s.json' cannot be saved: %s", lineage->name,
		lineage->unsaved->text);
	return found;
}
