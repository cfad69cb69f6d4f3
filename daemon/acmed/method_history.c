/* SPDX-License-Identifier: MIT */
#include "method.h"

#include "json.h"
#include "mem.h"
#include "member.h"

static int by_time(const void *a, const void *b)
{
	const json_t *const *left = a;
	const json_t *const *right = b;

	return strcmp(member_string_or(*left, "time", ""),
		member_string_or(*right, "time", ""));
}

static json_t *explain(json_t *event)
{
	json_t *explained = json_copy(event);

	member_explain(explained);
	return explained;
}

static json_t *sort_events(json_t *events)
{
	size_t count = json_array_size(events);
	json_t **list = mem_new((count + 1) * sizeof(*list));
	json_t *sorted = json_array();

	for (size_t i = 0; i < count; i++)
		list[i] = json_array_get(events, i);
	qsort(list, count, sizeof(*list), by_time);
	for (size_t i = 0; i < count; i++)
		json_array_append_new(sorted, explain(list[i]));
	free(list);
	json_decref(events);
	return sorted;
}

/* Of all certificates. */
static json_t *gather_events(const struct fleet *fleet)
{
	json_t *events = json_array();

	for (size_t i = 0; i < fleet->count; i++)
		json_array_extend(events, fleet->lineages[i]->events);
	return events;
}

void method_history(struct methods *methods, struct call *call)
{
	json_t *events = NULL;

	if (method_parameter(call, "name")) {
		const struct lineage *lineage = method_find(methods, call);
		if (!lineage)
			return;
		events = json_copy(lineage->events);
	} else {
		events = gather_events(schedule_fleet(methods->schedule));
	}
	call_end(call, json_pack("{s:o}", "events", sort_events(events)));
}
