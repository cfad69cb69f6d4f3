/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * When to renew (contract, "Renewal policy"): pure functions of certificate,
 * configuration and time. Times are UTC seconds, spans are seconds.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct renewal_policy {
	int64_t renew_before; /* as configured; 0: the default of 30 days */
	int64_t warn_before; /* 0: half of the slack */
};

/* How long before expiry it is renewed: never more than a third of the
 * lifetime, half when it lives under ten days. */
int64_t renewal_before(const struct renewal_policy *policy, int64_t lifetime);

/* The planned time: not_after - renewal_before(), spread by `seed` (0 to 1,
 * kept with the certificate) a twentieth of the slack to the early side, so
 * that a fleet does not come at once (N12). */
int64_t renewal_time(const struct renewal_policy *policy, int64_t not_before,
	int64_t not_after, double seed);

/* Seconds between the planned time and expiry. */
int64_t renewal_slack(const struct renewal_policy *policy, int64_t not_before,
	int64_t not_after);

/* From when on `status` and `check` warn. */
int64_t renewal_warn_time(const struct renewal_policy *policy,
	int64_t not_before, int64_t not_after);

/* The gap that lies between two issuances at least: the smaller of 12 h and
 * 5 % of the lifetime. */
int64_t renewal_minimum_gap(int64_t lifetime);

/* A weekly window in local time or UTC, "Sat..Sun 02:00-05:00 [UTC]",
 * "Mon,Wed 23:00-01:00" (over midnight), "04:00-05:00" (every day). */
struct renewal_window {
	unsigned days; /* bit 0: Sunday */
	int start; /* minutes since midnight */
	int end; /* may be smaller than start: over midnight */
	bool utc;
};

bool renewal_window_parse(const char *text, struct renewal_window *out);

/* The earliest time >= `when` inside one of the windows; `when` itself when
 * there is none. */
int64_t renewal_window_next(
	const struct renewal_window *windows, size_t count, int64_t when);
