/* SPDX-License-Identifier: MIT */
#include "method_walk.h"

#include "mem.h"

#include <stdio.h>

#define MOST_LOOKS 1000 /* at lineages in a turn */
#define MOST_BYTES (CONNECTION_OUTPUT_MAX / 2) /* of a reply, and one lineage */

/* The place is a name, as what it is the name of may go. */
struct walk {
	struct methods *methods;
	const struct walk_kind *kind;
	void *data; /* owned */
	char after[CONFIG_NAME_MAX + 32];
	json_t *items; /* owned: of the next reply */
	size_t bytes; /* of them */
};

static void add(struct walk *walk, const struct lineage *lineage)
{
	size_t count = json_array_size(walk->items);

	snprintf(walk->after, sizeof(walk->after), "%s", lineage->name);
	walk->kind->add(walk->data, lineage, walk->items);
	for (; count < json_array_size(walk->items); count++)
		walk->bytes += json_dumpb(json_array_get(walk->items, count),
			NULL, 0, JSON_COMPACT);
}

/* A turn's worth; false when there is nothing behind it. */
static bool look(struct walk *walk)
{
	const struct fleet *fleet = schedule_fleet(walk->methods->schedule);
	size_t place = fleet_after(fleet, walk->after);
	size_t most = json_array_size(walk->items) + walk->kind->most;

	for (size_t looks = 0; place < fleet->count; looks++, place++) {
		if (looks == MOST_LOOKS || walk->bytes >= MOST_BYTES ||
			json_array_size(walk->items) >= most)
			return true;
		add(walk, fleet->lineages[place]);
	}
	return false;
}

static bool is_full(const struct call *call, const struct walk *walk)
{
	return walk->bytes >= MOST_BYTES ||
		(call->is_more &&
			json_array_size(walk->items) >= walk->kind->most);
}

static void free_walk(struct call *call)
{
	struct walk *walk = take(call->state);

	json_decref(walk->items);
	free(walk->data);
	free(walk);
}

static json_t *reply_of(struct walk *walk)
{
	json_t *items = take(walk->items);

	walk->items = json_array();
	walk->bytes = 0;
	return walk->kind->reply(walk->data, items);
}

static void go_on(struct call *call)
{
	struct walk *walk = call->state;
	bool has_more = look(walk);

	if (has_more && !is_full(call, walk)) {
		call_later(call);
		return;
	}
	if (has_more && call->is_more) {
		call_continue(call, reply_of(walk));
		return;
	}
	json_t *reply = has_more ? NULL : reply_of(walk);
	free_walk(call);
	if (reply)
		call_end(call, reply);
	else
		call_fail(call, "org.varlink.service.ExpectedMore", NULL);
}

void method_walk(struct methods *methods, struct call *call,
	const struct walk_kind *kind, void *data)
{
	struct walk *walk = mem_new(sizeof(*walk));

	walk->methods = methods;
	walk->kind = kind;
	walk->data = data;
	walk->items = json_array();
	call->state = walk;
	call->on_cancel = free_walk;
	call->on_drained = go_on;
	go_on(call);
}
