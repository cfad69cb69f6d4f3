/* SPDX-License-Identifier: MIT */
#include "renewal_time.h"

#include "span.h"
#define MINUTE ((int64_t)60)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define DEFAULT_BEFORE (30 * DAY)
#define SHORT_LIVED (10 * DAY)
#define SPREAD 20 /* the part of the slack over which a fleet is spread */

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* 0 for dates that are turned round. */
static int64_t lifetime_of(int64_t not_before, int64_t not_after)
{
	int64_t lifetime = span_between(not_before, not_after);

	return lifetime > 0 ? lifetime : 0;
}

int64_t renewal_before(const struct renewal_policy *policy, int64_t lifetime)
{
	int64_t wanted = policy->renew_before > 0 ? policy->renew_before
						  : DEFAULT_BEFORE;

	if (lifetime <= 0)
		return 0;
	return smaller(wanted, lifetime / (lifetime < SHORT_LIVED ? 2 : 3));
}

int64_t renewal_slack(const struct renewal_policy *policy, int64_t not_before,
	int64_t not_after)
{
	return renewal_before(policy, lifetime_of(not_before, not_after));
}

int64_t renewal_time(const struct renewal_policy *policy, int64_t not_before,
	int64_t not_after, double seed)
{
	int64_t slack = renewal_slack(policy, not_before, not_after);
	int64_t early = 0;

	if (seed > 0 && seed <= 1)
		early = (int64_t)((double)slack * seed / SPREAD);
	return not_after - slack - early;
}

/* A warning earlier than the renewal itself would never end (X2). */
int64_t renewal_warn_time(const struct renewal_policy *policy,
	int64_t not_before, int64_t not_after)
{
	int64_t slack = renewal_slack(policy, not_before, not_after);

	if (policy->warn_before > 0)
		return not_after - smaller(policy->warn_before, slack);
	return not_after - slack / 2;
}

int64_t renewal_minimum_gap(int64_t lifetime)
{
	return lifetime > 0 ? smaller(12 * HOUR, lifetime / 20) : 0;
}
