/* SPDX-License-Identifier: MIT */
#include "event.h"

#include "member.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct event_listener {
	struct event_listener *next;
	void (*on_event)(void *data, const struct event *event);
	void *data;
	bool is_gone; /* freed once no event is being told */
};

struct events {
	struct event_listener *first;
	unsigned depth;
};

struct events *events_new(void)
{
	struct events *events = calloc(1, sizeof(*events));

	if (!events)
		abort();
	return events;
}

static void sweep(struct events *events)
{
	struct event_listener **link = &events->first;

	while (*link) {
		struct event_listener *listener = *link;
		if (!listener->is_gone) {
			link = &listener->next;
			continue;
		}
		*link = listener->next;
		free(listener);
	}
}

void events_free(struct events *events)
{
	if (!events)
		return;
	for (struct event_listener *l = events->first; l; l = l->next)
		l->is_gone = true;
	sweep(events);
	free(events);
}

struct event_listener *events_listen(struct events *events,
	void (*on_event)(void *data, const struct event *event), void *data)
{
	struct event_listener *listener = calloc(1, sizeof(*listener));
	struct event_listener **link = &events->first;

	if (!listener)
		abort();
	listener->on_event = on_event;
	listener->data = data;
	while (*link)
		link = &(*link)->next;
	*link = listener;
	return listener;
}

void events_ignore(struct events *events, struct event_listener *listener)
{
	if (!listener)
		return;
	listener->is_gone = true;
	if (!events->depth)
		sweep(events);
}

void events_emit(struct events *events, const struct event *event,
	const char *format, ...)
{
	struct event told = *event;
	char text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	told.text = text;
	told.when = time(NULL);
	events->depth++;
	for (struct event_listener *l = events->first; l; l = l->next)
		if (!l->is_gone)
			l->on_event(l->data, &told);
	events->depth--;
	if (!events->depth)
		sweep(events);
}

json_t *event_to_json(const struct event *event)
{
	json_t *object = json_object();

	member_put_time(object, "time", event->when);
	member_put_text(object, "event", event->name);
	json_object_set_new(object, "priority", json_integer(event->priority));
	member_put_text(object, "certificate", event->certificate);
	member_put_text(object, "ca", event->ca);
	member_put_text(object, "serial", event->serial);
	member_put_time(object, "not_after", event->not_after);
	if (event->err) {
		member_put_text(object, "code", event->err->code);
		member_put_text(
			object, "kind", error_kind_name(event->err->kind));
	}
	if (event->attempt)
		json_object_set_new(
			object, "attempt", json_integer(event->attempt));
	member_put_time(object, "next", event->next);
	member_put_text(object, "text", event->text);
	return object;
}
