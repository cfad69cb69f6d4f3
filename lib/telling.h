/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What people are told, and when.
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

/* One thing that is wrong. Borrowed for the call. */
struct alert_trouble {
	const char *source; /* "renewal", "rehearsal", "served", "machine" */
	const char *subject; /* a certificate's NAME, or "" for the machine;
			      * may go on with "/path" */
	const char *code; /* of lib/diagnosis, or "" */
	enum alert_level level;
	const char *text; /* one line: what, and where */
	bool is_logged; /* the journal has it from its source already */
};

/* LOG_NOTICE to LOG_EMERG of syslog. */
int alert_priority(enum alert_level level);
