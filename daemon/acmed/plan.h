/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What happens next to a certificate, when, and why: a pure function of its
 * lineage and the time. `schedule` does what it says and `status` shows it,
 * so that both always agree.
 */

#include "lineage.h"

enum plan_action {
	PLAN_NOTHING,
	PLAN_PLACEHOLDER, /* have the vault make one */
	PLAN_SWITCH, /* a staged version waits */
	PLAN_ISSUE,
	PLAN_DEPLOY,
};

struct plan {
	enum plan_action action;
	int64_t when; /* in the past: now; INT64_MAX: never */
	char why[256]; /* a sentence for people, without a final stop */
	bool is_urgent; /* it ignores its windows, with a notice */
};

/* `now` in wall time. */
struct plan plan_next(const struct lineage *lineage, int64_t now);

/* The planned renewal of what is installed, 0 when nothing is. */
int64_t plan_renewal_time(const struct lineage *lineage);

/* The same, had the CA said nothing of it. */
int64_t plan_undisturbed(const struct lineage *lineage);

/* Nothing but a human has it issued again before that: two issuances lie a gap
 * apart, and a week holds three of them at most. 0: at any time. */
int64_t plan_earliest_issuance(const struct lineage *lineage, int64_t now);

/* It was due a minute ago, and nobody has it in mind (N11)? */
bool plan_is_forgotten(const struct lineage *lineage, int64_t minute_ago);

/* Seconds from the planned renewal to expiry, 0 when nothing is installed. */
int64_t plan_slack(const struct lineage *lineage);

/* Is it on hold, and is that not over? */
bool plan_is_held(const struct lineage *lineage, int64_t now);

/* Has the last attempt found the clock wrong (C1), and will there be another?
 * Then nothing has expired by it. */
bool plan_doubts_clock(const struct lineage *lineage, int64_t now);

/* From when on people are warned of the expiry. */
int64_t plan_warn_time(const struct lineage *lineage);

/* The word that `status` shows: "ok", "failing", "installed, unproven",
 * "installed, waits for nginx.service"... into out. */
#define PLAN_STATE_SIZE 160
void plan_state(const struct lineage *lineage, int64_t now,
	char out[static PLAN_STATE_SIZE]);
