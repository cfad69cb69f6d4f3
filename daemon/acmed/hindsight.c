/* SPDX-License-Identifier: MIT */
#include "hindsight.h"

#include "json.h"
#include "member.h"
#include "text.h"
#include "timestamp.h"

#include <string.h>

#define BACKDATED ((int64_t)2 * 86400) /* by a CA, at most */

/* A human has gone back to the version before. */
static bool was_rolled_back(const struct lineage *lineage)
{
	size_t index;
	const json_t *event;

	json_array_foreach (lineage->events, index, event)
		if (streq(member_string_or(event, "event", ""),
			    "rolled-back") &&
			member_time(event, "time") >= lineage->issued[0])
			return true;
	return false;
}

static void forget_issues(struct lineage *lineage, int64_t last)
{
	int64_t *issued = lineage->issued;

	while (issued[0] > last) {
		memmove(issued, issued + 1,
			(LINEAGE_ISSUANCES - 1) * sizeof(*issued));
		issued[LINEAGE_ISSUANCES - 1] = 0;
	}
}

static void tell(
	struct fleet *fleet, struct lineage *lineage, const struct error *err)
{
	fleet_tell(fleet, lineage,
		&(struct event){
			.name = "step", .priority = LOG_WARNING, .err = err},
		"%s", err->text);
}

bool hindsight_look(struct fleet *fleet, struct lineage *lineage)
{
	int64_t noted = lineage->issued[0];
	int64_t begin = lineage->facts.not_before;
	char issue[TIMESTAMP_SIZE], installed[TIMESTAMP_SIZE];
	struct error err;

	if (!lineage_has_certificate(lineage) || !noted || lineage->staged)
		return false;
	timestamp_format(noted, issue);
	timestamp_format(begin, installed);
	if (noted > begin + BACKDATED && !was_rolled_back(lineage)) {
		fail_cause(&err, ERROR_LOCAL, "L9",
			"its record of an issue at %s is passed over: what is "
			"installed is of %s",
			issue, installed);
		forget_issues(lineage, begin + BACKDATED);
	} else if (begin > noted + BACKDATED) {
		fail_cause(&err, ERROR_LOCAL, "L14",
			"what is installed is of %s, and its state knows of no "
			"issue since %s: was a backup restored?",
			installed, issue);
		lineage_add_issuance(lineage, begin);
	} else {
		return false;
	}
	tell(fleet, lineage, &err);
	return true;
}
