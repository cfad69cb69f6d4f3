/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * How bad a trouble is: by the share of the slack that is used up, never by
 * days, so that it holds for certificates of a year and of a day.
 */

#include <stdbool.h>
#include <stdint.h>

enum alert_level {
	ALERT_NOTICE, /* the journal only */
	ALERT_WARNING, /* from here on mail and URL too */
	ALERT_ERROR,
	ALERT_CRITICAL,
	ALERT_EMERGENCY,
};
#define ALERT_LEVELS 5

/* LOG_NOTICE to LOG_EMERG of syslog. */
int alert_priority(enum alert_level level);

/* "notice" to "emergency". */
const char *alert_level_name(enum alert_level level);
bool alert_level_parse(const char *name, enum alert_level *level);

/* Of a certificate that fails. Times are seconds; the slack is the time from
 * the planned renewal, which was `used` ago, to expiry. */
struct alert_slack {
	int64_t used; /* negative: not due yet */
	int64_t slack;
	int64_t lifetime; /* of the certificate */
};
enum alert_level alert_level_of(const struct alert_slack *slack);
