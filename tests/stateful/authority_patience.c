/* SPDX-License-Identifier: MIT */

/*
 * The waits that a CA has asked for: who comes back for the same resource, or
 * orders the same names, before a Retry-After is over has not listened.
 */

#include "authority_order.h"

#include "json.h"
#include "text.h"
#include "watch.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>

#define WAITS 64
#define LONGEST (7 * DAY) /* that anybody has to wait */

static struct wait {
	const struct authority *authority; /* NULL: none */
	char what[256]; /* a path, or a set of names to be ordered */
	char subject[80]; /* of the certificate at that time */
	int64_t since;
	int64_t until;
} waits[WAITS]; /* a ring */
static size_t count;

/* The order that a request is about, or that it wants. */
static bool find_order(const struct authority *authority, const char *path,
	const json_t *payload, struct order *out)
{
	size_t name;

	*out = (struct order){0};
	if (text_starts_with(path, "/new-order")) {
		order_read_names(out, payload);
		return true;
	}
	const struct order *found = order_find(authority, path, &name);
	if (found)
		*out = *found;
	return found != NULL;
}

static const char *what_of(const struct order *order, const char *path)
{
	return order->number ? path : order->set;
}

/* 0: none, or none that can be understood. */
static int64_t seconds_of(const char *value)
{
	char *end;
	long long seconds = strtoll(value, &end, 10);

	if (strstr(value, " 2100 ") && world_clock_is_right())
		return LONGEST;
	if (!*value || *end || seconds <= 0)
		return 0;
	return seconds < LONGEST ? (int64_t)seconds : LONGEST;
}

void patience_expect(const struct authority *authority, const char *path,
	const json_t *payload)
{
	struct order order;

	if (!find_order(authority, path, payload, &order) ||
		streq(member_string_or(payload, "status", ""), "deactivated"))
		return;
	for (size_t i = 0; i < WAITS; i++) {
		const struct wait *wait = &waits[i];
		if (wait->authority != authority ||
			!streq(wait->what, what_of(&order, path)) ||
			!streq(wait->subject, watch_subject(order.names[0])))
			continue;
		hold(world_truth() >= wait->until,
			"%s: %s comes %lld s before the Retry-After is over",
			authority->name, wait->what,
			(long long)(wait->until - world_truth()));
	}
}

static void add(const struct authority *authority, const struct order *order,
	const char *what, int64_t seconds)
{
	struct wait *wait = &waits[count++ % WAITS];

	*wait = (struct wait){.authority = authority,
		.since = world_truth(),
		.until = world_truth() + seconds};
	snprintf(wait->what, sizeof(wait->what), "%s", what);
	snprintf(wait->subject, sizeof(wait->subject), "%s",
		watch_subject(order->names[0]));
}

/* Of a good reply it counts where something is to be looked at again. After a
 * bad one an attempt goes on itself if it is soon, and makes no new order. */
void patience_note(const struct authority *authority, const char *path,
	const json_t *payload, const struct authority_reply *reply)
{
	int64_t seconds = seconds_of(reply->retry_after);
	bool is_bad = reply->status >= 400;
	struct order order;

	if (!seconds || !find_order(authority, path, payload, &order))
		return;
	if (!is_bad && (!reply->body || !strstr(reply->body, "processing")))
		return;
	add(authority, &order, what_of(&order, path), seconds);
	if (is_bad && seconds > MINUTE)
		add(authority, &order, order.set, seconds);
}

/* What an attempt waits for itself is not saved, nor what comes just before a
 * crash. */
void patience_restart(bool is_clean)
{
	for (size_t i = 0; i < WAITS; i++)
		if (waits[i].until - waits[i].since <= MINUTE ||
			(!is_clean && world_truth() - waits[i].since <= MINUTE))
			waits[i].authority = NULL;
}

void patience_forget(void)
{
	memset(waits, 0, sizeof(waits));
}
