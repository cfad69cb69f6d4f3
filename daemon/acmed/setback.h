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

/* "next try in 2h 5m" as the plan has it, or why there is none; returns the
 * time of it, or 0. For a lineage whose attempt has just failed. */
#define SETBACK_WORDS_SIZE 64
int64_t setback_next_try(const struct lineage *lineage, int64_t now,
	char words[static SETBACK_WORDS_SIZE]);

/* A syslog priority, by the slack that is used up. */
int setback_priority(const struct lineage *lineage, int64_t now);
