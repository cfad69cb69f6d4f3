/* SPDX-License-Identifier: MIT */
#include "method_walk.h"

#include "json.h"
#include "mem.h"
#include "member.h"

#define HISTORY_PAGE 500 /* events */

struct place {
	json_t *event; /* borrowed */
	size_t place; /* as many happen in the same second */
};

static int by_time(const void *a, const void *b)
{
	const struct place *left = a;
	const struct place *right = b;
	int order = strcmp(member_string_or(left->event, "time", ""),
		member_string_or(right->event, "time", ""));

	if (order)
		return order;
	return left->place < right->place ? -1 : left->place > right->place;
}

static json_t *reply_of(void *data, json_t *events)
{
	size_t count = json_array_size(events);
	struct place *list = mem_new((count + 1) * sizeof(*list));
	json_t *sorted = json_array();

	(void)data;
	for (size_t i = 0; i < count; i++)
		list[i] = (struct place){json_array_get(events, i), i};
	qsort(list, count, sizeof(*list), by_time);
	for (size_t i = 0; i < count; i++)
		json_array_append(sorted, list[i].event);
	free(list);
	json_decref(events);
	return json_pack("{s:o}", "events", sorted);
}

static void add_events(
	void *data, const struct lineage *lineage, json_t *events)
{
	size_t index;
	json_t *event;

	(void)data;
	json_array_foreach (lineage->events, index, event) {
		json_t *explained = json_copy(event);
		member_explain(explained);
		json_array_append_new(events, explained);
	}
}

void method_history(struct methods *methods, struct call *call)
{
	static const struct walk_kind KIND = {
		HISTORY_PAGE, add_events, reply_of};

	if (!method_parameter(call, "name")) {
		method_walk(methods, call, &KIND, NULL);
		return;
	}
	const struct lineage *lineage = method_find(methods, call);
	if (!lineage)
		return;
	json_t *events = json_array();
	add_events(NULL, lineage, events);
	call_end(call, reply_of(NULL, events));
}
