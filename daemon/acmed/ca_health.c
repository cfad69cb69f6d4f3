/* SPDX-License-Identifier: MIT */
#include "ca_health.h"

void ca_health_note(struct ca_health *health, long status,
	const struct error *err, int64_t now)
{
	if (err || status >= 500) {
		health->failed = now;
		health->failures++;
		return;
	}
	health->reached = now;
	health->failures = 0;
}
