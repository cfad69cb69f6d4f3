/* SPDX-License-Identifier: MIT */
#include "failover.h"

#include "json.h"
#include "mem.h"
#include "member.h"
#include "random.h"
#include "span.h"
#include "text.h"

#include <stdio.h>

#define MINUTE 60
#define DAY (24 * 60 * MINUTE)
#define PATIENCE 24 /* the part of the time left that a CA is waited for */

/* What is known of one CA. */
struct record {
	char ca[CONFIG_NAME_MAX + 1];
	unsigned failures[BACKOFF_CLASSES]; /* in a row */
	int64_t since; /* the first of them; 0: it has not failed */
	int64_t not_before;
};

struct failover {
	char next[CONFIG_NAME_MAX + 1]; /* who is asked next */
	struct record *records; /* owned */
	size_t count;
};

void failover_free(struct failover *failover)
{
	if (!failover)
		return;
	free(failover->records);
	free(failover);
}

static struct failover *obtain(struct lineage *lineage)
{
	if (!lineage->failover)
		lineage->failover = mem_new(sizeof(*lineage->failover));
	return lineage->failover;
}

static struct record *find(const struct failover *failover, const char *ca)
{
	for (size_t i = 0; i < failover->count; i++)
		if (streq(failover->records[i].ca, ca))
			return &failover->records[i];
	return NULL;
}

static struct record *add(struct failover *failover, const char *ca)
{
	failover->records = mem_resize(failover->records, failover->count + 1,
		sizeof(*failover->records));
	struct record *record = &failover->records[failover->count++];
	*record = (struct record){0};
	snprintf(record->ca, sizeof(record->ca), "%s", ca);
	return record;
}

/* The CAs in their order, the first with number 0. */
static const struct config_ca *ca_at(
	const struct config_certificate *certificate, size_t number)
{
	return number ? certificate->others[number - 1] : certificate->ca;
}

const struct config_ca *failover_ca(const struct lineage *lineage)
{
	const struct config_certificate *certificate = lineage->certificate;

	for (size_t i = 0; lineage->failover && i < certificate->other_count;
		i++)
		if (streq(certificate->others[i]->name,
			    lineage->failover->next))
			return certificate->others[i];
	return certificate->ca;
}

/* Choosing. */

static void set_next(struct lineage *lineage, const struct config_ca *ca)
{
	struct failover *failover = obtain(lineage);

	snprintf(failover->next, sizeof(failover->next), "%s", ca->name);
}

static int64_t time_left(const struct lineage *lineage, int64_t now)
{
	if (!lineage_has_certificate(lineage) ||
		lineage->facts.not_after <= now)
		return 0;
	return span_between(now, lineage->facts.not_after);
}

/* How long a CA that fails is waited for: an hour with a day left, a day with
 * a month left, and not at all where nothing is left. */
static int64_t patience_of(const struct lineage *lineage, int64_t now)
{
	int64_t patience = time_left(lineage, now) / PATIENCE;

	return patience < DAY ? patience : DAY;
}

/* NULL as long as that CA has not failed. */
static const struct record *known(const struct lineage *lineage, size_t number)
{
	if (!lineage->failover)
		return NULL;
	return find(
		lineage->failover, ca_at(lineage->certificate, number)->name);
}

static int64_t own_time(const struct record *record, int64_t now)
{
	return record ? backoff_drawn(record->not_before, now) : 0;
}

/* When one may be asked: past its own backoff, and when the one before it has
 * failed for long enough; INT64_MAX while that has not. */
static int64_t time_of(
	const struct lineage *lineage, size_t number, int64_t now)
{
	int64_t when = own_time(known(lineage, number), now);

	if (!number)
		return when;
	const struct record *before = known(lineage, number - 1);
	if (!before || !before->since)
		return INT64_MAX;
	int64_t earliest = span_after(before->since, patience_of(lineage, now));
	return earliest > when ? earliest : when;
}

static void choose(struct lineage *lineage, int64_t now)
{
	int64_t best = INT64_MAX;

	for (size_t i = 0; i <= lineage->certificate->other_count; i++) {
		int64_t when = time_of(lineage, i, now);
		if (when < now)
			when = now;
		if (when >= best)
			continue;
		best = when;
		set_next(lineage, ca_at(lineage->certificate, i));
	}
	/* Never at once: what this machine has done just now is a request. */
	int64_t soon = span_after(now, MINUTE);
	lineage->not_before = best > soon ? best : soon;
}

/* Its API is not trusted, or it and our clock do not agree: it may be all that
 * is wrong. Were it our clock, the next CA would be told nothing either. */
static bool is_doubted(const struct error *err)
{
	return streq(err->code, "N4") ||
		(streq(err->code, "C1") && err->kind == ERROR_TRANSIENT);
}

/* Another CA does not help where our own machine or web server is at fault. */
static bool is_of_the_ca(enum backoff_class class, const struct error *err)
{
	return class == BACKOFF_Q1 || class == BACKOFF_Q3 ||
		class == BACKOFF_Q4 || is_doubted(err);
}

void failover_forget(struct lineage *lineage)
{
	if (lineage->failover)
		lineage->failover->next[0] = '\0';
}

void failover_begin(struct lineage *lineage, int64_t now)
{
	struct failover *failover = lineage->failover;

	if (!failover || *failover->next || !lineage->certificate)
		return;
	for (size_t i = 0; i <= lineage->certificate->other_count; i++) {
		if (own_time(known(lineage, i), now) > now)
			continue;
		set_next(lineage, ca_at(lineage->certificate, i));
		return;
	}
}

int64_t failover_evade(struct lineage *lineage, int64_t until, int64_t now,
	int64_t (*free_from)(void *data, const struct config_ca *ca),
	void *data)
{
	const struct config_ca *chosen = failover_ca(lineage);
	const struct config_ca *next = chosen;

	if (span_between(now, until) <= patience_of(lineage, now))
		return until;
	for (size_t i = 0; i <= lineage->certificate->other_count; i++) {
		const struct config_ca *ca = ca_at(lineage->certificate, i);
		if (ca == chosen)
			continue;
		int64_t own = own_time(known(lineage, i), now);
		int64_t free = free_from(data, ca);
		int64_t when = own > free ? own : free;
		if (when < now)
			when = now;
		if (when >= until)
			continue;
		until = when;
		next = ca;
	}
	if (until <= now)
		set_next(lineage, next);
	return until;
}

void failover_note(
	struct lineage *lineage, const struct error *err, int64_t now)
{
	enum backoff_class class = backoff_class_of(err);

	if (!lineage->certificate || !lineage->certificate->other_count)
		return;
	/* The one that was asked is as good as any: who stays with it would
	 * never see that the first is well again. */
	if (!is_of_the_ca(class, err)) {
		failover_forget(lineage);
		return;
	}
	const char *ca = lineage_ca(lineage)->name;
	struct failover *failover = obtain(lineage);
	struct record *record = find(failover, ca);
	if (!record)
		record = add(failover, ca);
	record->failures[class]++;
	if (!record->since || record->since > now)
		record->since = now;
	record->not_before = now +
		backoff_delay(class, record->failures[class],
			time_left(lineage, now), err->retry_after,
			random_real());
	choose(lineage, now);
}

void failover_succeed(struct lineage *lineage)
{
	struct failover *failover = lineage->failover;

	if (!failover)
		return;
	failover->next[0] = '\0';
	for (size_t i = 0; i < failover->count; i++) {
		struct record *record = &failover->records[i];
		record->since = 0;
		memset(record->failures, 0, sizeof(record->failures));
	}
}

/* What lasts. */

static json_t *record_to_json(const struct record *record)
{
	json_t *object = json_pack("{s:s}", "ca", record->ca);
	json_t *failures = json_array();

	for (int i = 0; i < BACKOFF_CLASSES; i++)
		json_array_append_new(
			failures, json_integer(record->failures[i]));
	json_object_set_new(object, "failures", failures);
	member_put_time(object, "since", record->since);
	member_put_time(object, "not_before", record->not_before);
	return object;
}

json_t *failover_to_json(const struct lineage *lineage)
{
	const struct failover *failover = lineage->failover;

	if (!failover || !failover->count)
		return NULL;
	json_t *list = json_array();
	for (size_t i = 0; i < failover->count; i++)
		json_array_append_new(
			list, record_to_json(&failover->records[i]));
	return json_pack("{s:s, s:o}", "next", failover->next, "cas", list);
}

static void read_record(struct failover *failover, const json_t *object)
{
	const char *ca = member_string_or(object, "ca", "");
	const json_t *failures = json_object_get(object, "failures");

	if (!config_name_is_valid(ca) || find(failover, ca))
		return;
	struct record *record = add(failover, ca);
	for (size_t i = 0; i < BACKOFF_CLASSES; i++) {
		json_int_t count =
			json_integer_value(json_array_get(failures, i));
		if (count > 0 && count < INT32_MAX)
			record->failures[i] = (unsigned)count;
	}
	record->since = member_time(object, "since");
	record->not_before = member_time(object, "not_before");
}

void failover_from_json(struct lineage *lineage, const json_t *object)
{
	const json_t *list = json_object_get(object, "cas");
	const char *next = member_string_or(object, "next", "");

	failover_free(take(lineage->failover));
	if (!json_array_size(list))
		return;
	struct failover *failover = obtain(lineage);
	if (config_name_is_valid(next))
		snprintf(failover->next, sizeof(failover->next), "%s", next);
	for (size_t i = 0; i < json_array_size(list) && i < CONFIG_NAME_MAX;
		i++)
		read_record(failover, json_array_get(list, i));
	if (!failover->count)
		failover_free(take(lineage->failover));
}
