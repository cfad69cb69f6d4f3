/* SPDX-License-Identifier: MIT */
#include "telling.h"

#include <syslog.h>

int alert_priority(enum alert_level level)
{
	switch (level) {
	case ALERT_NOTICE:
		return LOG_NOTICE;
	case ALERT_WARNING:
		return LOG_WARNING;
	case ALERT_ERROR:
		return LOG_ERR;
	case ALERT_CRITICAL:
		return LOG_CRIT;
	case ALERT_EMERGENCY:
		return LOG_EMERG;
	}
	return LOG_ERR;
}
