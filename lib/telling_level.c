/* SPDX-License-Identifier: MIT */
#include "telling_level.h"

#include "span.h"
#include "text.h"

#include <syslog.h>

#define DAY 86400
#define SHORT_LIFE (10 * DAY)

static const struct {
	const char *name;
	int priority;
} LEVELS[ALERT_LEVELS] = {
	[ALERT_NOTICE] = {"notice", LOG_NOTICE},
	[ALERT_WARNING] = {"warning", LOG_WARNING},
	[ALERT_ERROR] = {"error", LOG_ERR},
	[ALERT_CRITICAL] = {"critical", LOG_CRIT},
	[ALERT_EMERGENCY] = {"emergency", LOG_EMERG},
};

int alert_priority(enum alert_level level)
{
	return LEVELS[level].priority;
}

const char *alert_level_name(enum alert_level level)
{
	return LEVELS[level].name;
}

bool alert_level_parse(const char *name, enum alert_level *level)
{
	for (unsigned i = 0; i < ALERT_LEVELS; i++) {
		if (!streq(LEVELS[i].name, name))
			continue;
		*level = (enum alert_level)i;
		return true;
	}
	return false;
}

enum alert_level alert_level_of(const struct alert_slack *slack)
{
	int64_t left = span_between(slack->used, slack->slack);
	bool is_last_day = left < DAY && slack->lifetime >= SHORT_LIFE;

	if (left <= 0)
		return ALERT_EMERGENCY;
	if (slack->used >= slack->slack - slack->slack / 4 || is_last_day)
		return ALERT_CRITICAL;
	if (slack->used >= slack->slack / 2)
		return ALERT_ERROR;
	return slack->used >= slack->slack / 4 ? ALERT_WARNING : ALERT_NOTICE;
}
