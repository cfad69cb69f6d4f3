/* SPDX-License-Identifier: MIT */
#include "budget.h"

#include "budget_counted.h"
#include "budget_keys.h"
#include "json.h"
#include "mem.h"
#include "registered_domain.h"
#include "text.h"

#include <stdio.h>

#define DAY ((int64_t)86400)
#define RENEWAL (120 * DAY) /* after that a set of names is new again */
#define UNTIL_TOLD 3600 /* a 429 without Retry-After */

#define ORDERS BUDGET_KINDS(LIMIT_ORDERS)
#define DOMAIN BUDGET_KINDS(LIMIT_DOMAIN)
#define SET BUDGET_KINDS(LIMIT_SET)
#define FAILURES BUDGET_KINDS(LIMIT_FAILURES)

struct budget {
	struct budget *next;
	char *ca; /* owned: its name */
	struct limits limits;
	struct limit_counts *counts;
};

struct budgets {
	struct budget *first; /* owned */
};

struct budgets *budgets_new(void)
{
	return mem_new(sizeof(struct budgets));
}

static void free_budget(struct budget *budget)
{
	limit_counts_free(budget->counts);
	free(budget->ca);
	free(budget);
}

void budgets_free(struct budgets *budgets)
{
	if (!budgets)
		return;
	while (budgets->first) {
		struct budget *budget = budgets->first;
		budgets->first = budget->next;
		free_budget(budget);
	}
	free(budgets);
}

/* Counting. */

static void spend(struct budget *budget, const struct lineage *lineage,
	unsigned kinds, int64_t when)
{
	for (unsigned i = 0; i < LIMIT_KINDS; i++) {
		enum limit_kind kind = (enum limit_kind)i;
		if (!(kinds & BUDGET_KINDS(i)) || !budget->limits.of[i].burst)
			continue;
		struct strings keys = budget_keys(kind, lineage->certificate);
		for (size_t j = 0; j < keys.count; j++)
			limit_spend(budget->counts, &budget->limits, kind,
				keys.items[j], when);
		strings_clear(&keys);
	}
}

static void refund(
	struct budget *budget, const struct lineage *lineage, unsigned kinds)
{
	for (unsigned i = 0; i < LIMIT_KINDS; i++) {
		enum limit_kind kind = (enum limit_kind)i;
		if (!(kinds & BUDGET_KINDS(i)))
			continue;
		struct strings keys = budget_keys(kind, lineage->certificate);
		for (size_t j = 0; j < keys.count; j++)
			limit_refund(budget->counts, &budget->limits, kind,
				keys.items[j]);
		strings_clear(&keys);
	}
}

struct replayed {
	const struct lineage *lineage;
	unsigned kinds;
	int64_t when;
};

struct replay {
	struct replayed *list;
	size_t count;
};

static void collect(
	void *data, const struct lineage *lineage, unsigned kinds, int64_t when)
{
	struct replay *replay = data;

	replay->list = mem_resize(
		replay->list, replay->count + 1, sizeof(*replay->list));
	replay->list[replay->count++] = (struct replayed){lineage, kinds, when};
}

static int by_time(const void *a, const void *b)
{
	const struct replayed *one = a;
	const struct replayed *other = b;

	return (one->when > other->when) - (one->when < other->when);
}

static void hold_back(struct budget *budget, const struct lineage *lineage)
{
	enum limit_kind kind;
	const char *key;
	int64_t until;

	if (budget_limited_get(lineage, budget->ca, &kind, &key, &until))
		limit_correct(
			budget->counts, &budget->limits, kind, key, until);
}

/* What the lineages have kept, in the order of time. */
static void replay(struct budget *budget, const struct fleet *fleet)
{
	struct replay replay = {0};

	for (size_t i = 0; i < fleet->count; i++) {
		if (!fleet->lineages[i]->certificate)
			continue;
		budget_counted_each(
			fleet->lineages[i], budget->ca, collect, &replay);
		hold_back(budget, fleet->lineages[i]);
	}
	if (replay.count)
		qsort(replay.list, replay.count, sizeof(*replay.list), by_time);
	for (size_t i = 0; i < replay.count; i++)
		spend(budget, replay.list[i].lineage, replay.list[i].kinds,
			replay.list[i].when);
	free(replay.list);
}

static struct budget *budget_of(
	const struct fleet *fleet, const struct config_ca *ca)
{
	struct budget *budget = fleet->budgets->first;

	while (budget && !streq(budget->ca, ca->name))
		budget = budget->next;
	if (budget) {
		budget->limits = ca->limits;
		return budget;
	}
	budget = mem_new(sizeof(*budget));
	budget->ca = mem_string(ca->name);
	budget->limits = ca->limits;
	budget->counts = limit_counts_new();
	budget->next = fleet->budgets->first;
	fleet->budgets->first = budget;
	replay(budget, fleet);
	return budget;
}

/* What an attempt would use. */

static bool is_renewal(
	const struct lineage *lineage, const struct config_ca *ca, int64_t now)
{
	return lineage_has_certificate(lineage) && lineage->directory &&
		streq(lineage->directory, ca->directory) &&
		now - lineage->facts.not_before < RENEWAL &&
		config_certificate_same_set(lineage->certificate,
			lineage->facts.identifiers,
			lineage->facts.identifier_count);
}

static bool is_in_window(const struct lineage *lineage, int64_t now)
{
	const struct renewal_info *info = &lineage->info;

	return info->selected && info->start <= now && now < info->end;
}

/* As Let's Encrypt counts: a renewal is no new order, nor another certificate
 * of its domain; when the CA has asked for it, it is not counted at all. An
 * order in flight was counted when it was made. */
static unsigned kinds_of(
	const struct lineage *lineage, const struct config_ca *ca, int64_t now)
{
	if (streq(member_string_or(lineage->order, "ca", ""), ca->name))
		return 0;
	if (!is_renewal(lineage, ca, now))
		return ORDERS | DOMAIN | SET;
	return is_in_window(lineage, now) ? 0 : SET;
}

/* The strictest of one kind. */
static void look_at(const struct budget *budget, enum limit_kind kind,
	const struct lineage *lineage, int64_t now, struct budget_wait *wait)
{
	struct strings keys = budget_keys(kind, lineage->certificate);

	for (size_t i = 0; i < keys.count; i++) {
		int64_t seconds = limit_wait(budget->counts, &budget->limits,
			kind, keys.items[i], now);
		if (seconds <= 0 || now + seconds <= wait->until)
			continue;
		wait->until = now + seconds;
		wait->kind = kind;
		snprintf(wait->key, sizeof(wait->key), "%s", keys.items[i]);
	}
	strings_clear(&keys);
}

bool budget_allows_at(const struct fleet *fleet, const struct lineage *lineage,
	const struct config_ca *ca, int64_t now, struct budget_wait *wait)
{
	const struct budget *budget = budget_of(fleet, ca);
	unsigned kinds = kinds_of(lineage, ca, now) | FAILURES;

	*wait = (struct budget_wait){0};
	for (unsigned i = 0; i < LIMIT_KINDS; i++)
		if (kinds & BUDGET_KINDS(i))
			look_at(budget, (enum limit_kind)i, lineage, now, wait);
	return !wait->until;
}

bool budget_allows(const struct fleet *fleet, const struct lineage *lineage,
	int64_t now, struct budget_wait *wait)
{
	return budget_allows_at(fleet, lineage, lineage_ca(lineage), now, wait);
}

void budget_describe(const struct lineage *lineage,
	const struct budget_wait *wait, char out[static BUDGET_TEXT_SIZE])
{
	const char *key = wait->kind == LIMIT_SET ? "these names" : wait->key;

	snprintf(out, BUDGET_TEXT_SIZE, "limit '%s' of CA '%s'%s%s",
		limit_name(wait->kind), lineage_ca(lineage)->name,
		*key ? " for " : "", key);
}

int64_t budget_left(const struct fleet *fleet, const struct config_ca *ca,
	enum limit_kind kind, int64_t now)
{
	const struct budget *budget = budget_of(fleet, ca);

	return limit_left(budget->counts, &budget->limits, kind, now);
}

void budget_begin(struct fleet *fleet, struct lineage *lineage, int64_t now)
{
	const struct config_ca *ca = lineage_ca(lineage);
	unsigned kinds = kinds_of(lineage, ca, now);

	spend(budget_of(fleet, ca), lineage, kinds, now);
	budget_counted_add(lineage, ca->name, kinds, now);
}

/* The end of an attempt. */

/* The words name a domain or a name; of a set they do not, it is ours. */
static void correct(struct budget *budget, struct lineage *lineage,
	const struct error *err, int64_t now)
{
	enum limit_kind kind;
	char key[LIMIT_KEY_MAX];
	double wait = err->retry_after > 0 ? err->retry_after : UNTIL_TOLD;

	if (err->kind != ERROR_LIMITED ||
		!limit_of_words(err->text, &kind, key))
		return;
	if (kind == LIMIT_ORDERS || kind == LIMIT_SET) {
		struct strings own = budget_keys(kind, lineage->certificate);
		snprintf(key, sizeof(key), "%s", own.items[0]);
		strings_clear(&own);
	}
	int64_t until = now + (int64_t)wait + 1;
	limit_correct(budget->counts, &budget->limits, kind, key, until);
	budget_limited_set(lineage, budget->ca, kind, key, until);
}

/* What of an attempt that failed counts at the CA. */
static unsigned counts_of(const struct lineage *lineage, bool is_ordered,
	unsigned begun, const struct error *err)
{
	unsigned failed = err->kind == ERROR_VALIDATION ? FAILURES : 0;

	if (!is_ordered)
		return 0;
	return (lineage->order ? begun : begun & ORDERS) | failed;
}

void budget_end(struct fleet *fleet, struct lineage *lineage, bool is_ordered,
	const struct error *err, int64_t now)
{
	if (!err || !lineage->certificate)
		return;
	struct budget *budget = budget_of(fleet, lineage_ca(lineage));
	unsigned begun = budget_counted_last(lineage);
	unsigned counted = counts_of(lineage, is_ordered, begun, err);
	budget_counted_change(lineage, counted);
	refund(budget, lineage, begun & ~counted);
	spend(budget, lineage, counted & ~begun, now);
	correct(budget, lineage, err, now);
}
