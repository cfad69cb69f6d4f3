/* SPDX-License-Identifier: MIT */
#include "method_follow.h"

#include "mem.h"
#include "text.h"

struct following {
	struct call *call;
	struct events *events;
	struct event_listener *listener;
	struct lineage *lineage;
};

static void on_event(void *data, const struct event *event)
{
	struct following *follow = data;

	if (event->certificate &&
		streq(event->certificate, follow->lineage->name))
		call_continue(follow->call,
			json_pack("{s:o}", "event", event_to_json(event)));
}

struct following *follow_new(
	struct methods *methods, struct call *call, struct lineage *lineage)
{
	struct following *follow = mem_new(sizeof(*follow));

	follow->call = call;
	follow->lineage = lineage;
	follow->events = schedule_fleet(methods->schedule)->events;
	if (call->is_more)
		follow->listener =
			events_listen(follow->events, on_event, follow);
	return follow;
}

void follow_free(struct following *follow)
{
	events_ignore(follow->events, follow->listener);
	free(follow);
}

struct lineage *follow_lineage(const struct following *follow)
{
	return follow->lineage;
}
