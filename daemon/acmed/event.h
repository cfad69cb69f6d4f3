/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Everything worth telling goes through here once: to the journal, to the
 * history of its certificate, and to whoever watches over the control socket.
 */

#include "error.h"

#include <jansson.h>
#include <syslog.h>

/* Borrowed for the call. Strings may be NULL where they do not apply. */
struct event {
	const char *name; /* of the table in lib/diagnosis, or "step" */
	int priority; /* of syslog: LOG_ERR */
	const char *certificate;
	const char *ca;
	const char *names; /* identifiers, joined by blanks */
	const char *serial;
	int64_t not_after; /* 0: does not apply */
	const struct error *err; /* its code is ACMED_DIAGNOSIS */
	unsigned attempt; /* from 1; 0: does not apply */
	const char *step; /* of an order, that has ended, and how long */
	double seconds; /* it took; NULL: does not apply */
	int64_t next; /* when it is tried again; 0: does not apply */
	const char *text; /* the sentence for people */
	int64_t when; /* set by events_emit() */
};

struct events;
struct event_listener;

struct events *events_new(void);
void events_free(struct events *events);

/* Calls on_event for every event, in the order of listening, until the
 * listener is removed (which it may do itself, from inside on_event). Never
 * NULL. */
struct event_listener *events_listen(struct events *events,
	void (*on_event)(void *data, const struct event *event), void *data);
void events_ignore(struct events *events, struct event_listener *listener);

/* Tells all listeners at once, before it returns. `text` is made from the
 * format. */
void events_emit(struct events *events, const struct event *event,
	const char *format, ...) __attribute__((format(printf, 3, 4)));

/* {"time","event","priority","certificate","ca","serial","not_after","code",
 * "kind","attempt","next","text"}, without what does not apply. */
json_t *event_to_json(const struct event *event);
