/* SPDX-License-Identifier: MIT */
#include "method.h"

#include "mem.h"
#include "member.h"
#include "text.h"

#include <stdio.h>

struct watch {
	struct events *events;
	struct event_listener *listener;
	char name[CONFIG_NAME_MAX + 32];
};

static void stop_watch(struct call *call)
{
	struct watch *watch = take(call->state);

	events_ignore(watch->events, watch->listener);
	free(watch);
}

static void on_watched(void *data, const struct event *event)
{
	struct call *call = data;
	const struct watch *watch = call->state;

	if (*watch->name &&
		(!event->certificate ||
			!streq(event->certificate, watch->name)))
		return;
	json_t *object = event_to_json(event);
	member_explain(object);
	call_continue(call, json_pack("{s:o}", "event", object));
}

void method_watch(struct methods *methods, struct call *call)
{
	const char *name = method_parameter(call, "name");
	struct watch *watch = mem_new(sizeof(*watch));

	if (name)
		snprintf(watch->name, sizeof(watch->name), "%s", name);
	watch->events = schedule_fleet(methods->schedule)->events;
	watch->listener = events_listen(watch->events, on_watched, call);
	call->state = watch;
	call->on_cancel = stop_watch;
}
