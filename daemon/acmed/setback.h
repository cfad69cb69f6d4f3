/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A failed attempt: when the next one may be, and how loud people are told
 * (failures, "Alert levels").
 */

#include "lineage.h"

/* Sets not_before of the lineage, whose failures are counted already. */
void setback_schedule(
	struct lineage *lineage, const struct error *err, int64_t now);

/* A syslog priority, by the slack that is used up. */
int setback_priority(const struct lineage *lineage, int64_t now);
