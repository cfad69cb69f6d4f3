/* SPDX-License-Identifier: MIT */
#include "limit.h"

#include "duration.h"
#include "mem.h"
#include "span.h"
#include "text.h"

#include <search.h>
#include <stdio.h>

#define MOST_BURST 1000000
#define MARGIN 2.0 /* seconds, and a thousandth of the period */
#define LONGEST_WORD 691200. /* eight days: no CA is heard for longer */

/* When it will be full again is what counts (GCRA): from this and the time
 * follows how much is in it. */
struct bucket {
	enum limit_kind kind;
	double full;
	double start; /* when it was full last */
	int64_t until; /* the CA's word; 0: none */
	char key[]; /* of the tree, with the kind */
};

DEFINE_CLEANUP(bucket, struct bucket, free)

struct limit_counts {
	void *tree; /* of tsearch() */
};

static const char *const NAMES[LIMIT_KINDS] = {
	[LIMIT_ORDERS] = "orders",
	[LIMIT_DOMAIN] = "domain",
	[LIMIT_SET] = "set",
	[LIMIT_FAILURES] = "failures",
};

const char *limit_name(enum limit_kind kind)
{
	return NAMES[kind];
}

bool limit_find(const char *name, enum limit_kind *kind)
{
	for (unsigned i = 0; i < LIMIT_KINDS; i++) {
		if (!streq(NAMES[i], name))
			continue;
		*kind = (enum limit_kind)i;
		return true;
	}
	return false;
}

/* What is configured. */

bool limits_add(struct limits *limits, const char *text, struct error *err)
{
	char name[16] = "";
	char period[16] = "";
	long long burst = 0;
	int length = 0;
	enum limit_kind kind;
	int64_t seconds;

	int found = sscanf(text, "%15[a-z]:%7lld/%15[0-9a-z]%n", name, &burst,
		period, &length);
	if (found != 3 || text[length] != '\0' || burst < 1 ||
		burst > MOST_BURST || !duration_parse(period, &seconds) ||
		seconds < 1)
		return fail(err, ERROR_REFUSED,
			"is no limit such as 'orders:300/3h'");
	if (!limit_find(name, &kind))
		return fail(err, ERROR_REFUSED,
			"is none of orders, domain, set and failures");
	if (limits->of[kind].burst)
		return fail(err, ERROR_REFUSED, "is given twice");
	limits->of[kind].burst = burst;
	limits->of[kind].period = seconds;
	return true;
}

/* Buckets. */

static int compare(const void *a, const void *b)
{
	const struct bucket *one = a;
	const struct bucket *other = b;

	if (one->kind != other->kind)
		return one->kind < other->kind ? -1 : 1;
	return strcmp(one->key, other->key);
}

static struct bucket *new_bucket(enum limit_kind kind, const char *key)
{
	size_t size = strlen(key) + 1;
	struct bucket *bucket = mem_new(sizeof(*bucket) + size);

	bucket->kind = kind;
	memcpy(bucket->key, key, size);
	return bucket;
}

/* NULL: nothing was counted there yet. */
static struct bucket *find(const struct limit_counts *counts,
	enum limit_kind kind, const char *key)
{
	cleanup(bucket) struct bucket *wanted = new_bucket(kind, key);
	struct bucket *const *found = tfind(wanted, &counts->tree, compare);

	return found ? *found : NULL;
}

static struct bucket *obtain(
	struct limit_counts *counts, enum limit_kind kind, const char *key)
{
	struct bucket *bucket = find(counts, kind, key);

	if (bucket)
		return bucket;
	bucket = new_bucket(kind, key);
	if (!tsearch(bucket, &counts->tree, compare))
		abort();
	return bucket;
}

static double interval_of(const struct limits *limits, enum limit_kind kind)
{
	return (double)limits->of[kind].period / (double)limits->of[kind].burst;
}

/* The CA counts when it issues, later than we do: what comes back to the
 * bucket comes back to its own that much later. */
static double margin_of(const struct limits *limits, enum limit_kind kind)
{
	return MARGIN + (double)limits->of[kind].period / 1000;
}

/* It was counted while the clock was ahead (C2), and says nothing of now. */
static bool is_astray(
	const struct bucket *bucket, const struct limits *limits, int64_t now)
{
	double period = (double)limits->of[bucket->kind].period;

	return (double)span_between(now, bucket->until) > LONGEST_WORD ||
		bucket->full - (double)now > period + LONGEST_WORD;
}

int64_t limit_wait(const struct limit_counts *counts,
	const struct limits *limits, enum limit_kind kind, const char *key,
	int64_t now)
{
	const struct bucket *bucket = find(counts, kind, key);

	if (!bucket || is_astray(bucket, limits, now))
		return 0;
	if (bucket->until > now)
		return span_between(now, bucket->until);
	if (!limits->of[kind].burst)
		return 0;
	/* Half a second more than what is used of the burst, for fractions. */
	double period = (double)limits->of[kind].period + 0.5;
	double after = bucket->full + interval_of(limits, kind);
	if (after - bucket->start <= period)
		return 0;
	double wait = after + margin_of(limits, kind) - period - (double)now;
	return wait > 0 ? span_after(span_of(wait), 1) : 0;
}

struct fewest {
	const struct limits *limits;
	enum limit_kind kind;
	int64_t now;
	int64_t left;
};

static int64_t left_in(const struct bucket *bucket, const struct fewest *fewest)
{
	double used = (bucket->full - (double)fewest->now) /
		interval_of(fewest->limits, bucket->kind);
	int64_t burst = fewest->limits->of[bucket->kind].burst;

	if (is_astray(bucket, fewest->limits, fewest->now))
		return burst;
	if (bucket->until > fewest->now || used >= (double)burst)
		return 0;
	return used > 0 ? (int64_t)((double)burst - used) : burst;
}

static void keep_fewest(const void *node, VISIT visit, void *data)
{
	const struct bucket *bucket = *(const struct bucket *const *)node;
	struct fewest *fewest = data;

	if ((visit != postorder && visit != leaf) ||
		bucket->kind != fewest->kind)
		return;
	int64_t left = left_in(bucket, fewest);
	if (left < fewest->left)
		fewest->left = left;
}

int64_t limit_left(const struct limit_counts *counts,
	const struct limits *limits, enum limit_kind kind, int64_t now)
{
	struct fewest fewest = {limits, kind, now, limits->of[kind].burst};

	if (!fewest.left)
		return -1;
	twalk_r(counts->tree, keep_fewest, &fewest);
	return fewest.left;
}

static void empty(struct bucket *bucket)
{
	bucket->full = 0;
	bucket->start = 0;
	bucket->until = 0;
}

void limit_spend(struct limit_counts *counts, const struct limits *limits,
	enum limit_kind kind, const char *key, int64_t when)
{
	if (!limits->of[kind].burst)
		return;
	struct bucket *bucket = obtain(counts, kind, key);
	if (is_astray(bucket, limits, when))
		empty(bucket);
	if (bucket->full + margin_of(limits, kind) <= (double)when)
		bucket->start = (double)when;
	if (bucket->full < (double)when)
		bucket->full = (double)when;
	bucket->full += interval_of(limits, kind);
}

void limit_refund(struct limit_counts *counts, const struct limits *limits,
	enum limit_kind kind, const char *key)
{
	struct bucket *bucket = find(counts, kind, key);

	if (bucket && limits->of[kind].burst)
		bucket->full -= interval_of(limits, kind);
}

void limit_correct(struct limit_counts *counts, const struct limits *limits,
	enum limit_kind kind, const char *key, int64_t until)
{
	struct bucket *bucket = obtain(counts, kind, key);

	if (bucket->until < until)
		bucket->until = until;
	if (!limits->of[kind].burst)
		return;
	double full = ((double)until + (double)limits->of[kind].period) -
		interval_of(limits, kind);
	if (bucket->full < full)
		bucket->full = full;
	bucket->start = 0;
}

struct limit_counts *limit_counts_new(void)
{
	return mem_new(sizeof(struct limit_counts));
}

void limit_counts_free(struct limit_counts *counts)
{
	if (!counts)
		return;
	tdestroy(counts->tree, free);
	free(counts);
}

/* What the CA says. */

static const struct {
	const char *words;
	enum limit_kind kind;
} WORDS[] = {
	{"new orders", LIMIT_ORDERS},
	{"exact set of", LIMIT_SET},
	{"failed authorizations", LIMIT_FAILURES},
	{"already issued for", LIMIT_DOMAIN},
};

/* What stands in the first pair of quotes. */
static void read_key(const char *words, char key[LIMIT_KEY_MAX])
{
	const char *start = strchr(words, '"');
	const char *end = start ? strchr(start + 1, '"') : NULL;

	key[0] = '\0';
	if (end && end - start <= LIMIT_KEY_MAX)
		snprintf(key, LIMIT_KEY_MAX, "%.*s", (int)(end - start - 1),
			start + 1);
}

bool limit_of_words(
	const char *words, enum limit_kind *kind, char key[LIMIT_KEY_MAX])
{
	for (size_t i = 0; i < sizeof(WORDS) / sizeof(*WORDS); i++) {
		if (!strstr(words, WORDS[i].words))
			continue;
		*kind = WORDS[i].kind;
		read_key(words, key);
		return true;
	}
	return false;
}
