/* SPDX-License-Identifier: MIT */

/* What a CA counts: buckets, as Boulder has them. */

#include "authority_order.h"

#include "world.h"

#include <stdio.h>
#include <string.h>

#define BUCKETS 256

static const struct {
	const char *name;
	int64_t burst;
	int64_t period;
} LIMITS[] = {
	[LIMIT_OF_ORDERS] = {"new orders", 20, 3 * HOUR},
	[LIMIT_OF_SETS] = {"certificates for a set", 5, 7 * DAY},
	[LIMIT_OF_FAILURES] = {"failed validations", 5, HOUR},
};

/* It is full at `full`; each that is taken moves that on. */
static struct bucket {
	char key[192];
	int64_t full;
} buckets[BUCKETS];
static size_t count;

static struct bucket *find(const struct authority *authority,
	enum order_limit limit, const char *key)
{
	char full[192];

	snprintf(full, sizeof(full), "%s/%d/%s", authority->name, (int)limit,
		key);
	for (size_t i = 0; i < count; i++)
		if (strcmp(buckets[i].key, full) == 0)
			return &buckets[i];
	hold(count < BUCKETS, "too many buckets");
	memcpy(buckets[count].key, full, sizeof(full));
	buckets[count].full = 0;
	return &buckets[count++];
}

bool order_limit_spend(const struct authority *authority,
	enum order_limit limit, const char *key)
{
	struct bucket *bucket = find(authority, limit, key);
	int64_t now = world_truth();
	int64_t each = LIMITS[limit].period / LIMITS[limit].burst;

	if (bucket->full < now)
		bucket->full = now;
	if (bucket->full + each > now + LIMITS[limit].period)
		return false;
	bucket->full += each;
	return true;
}

void order_limits_begin(void)
{
	count = 0;
}
