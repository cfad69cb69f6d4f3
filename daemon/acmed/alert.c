/* SPDX-License-Identifier: MIT */
#include "alert.h"

#include "mem.h"
#include "text.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define SOON 2.0 /* seconds: what is gathered is looked at again */
#define NAME_SIZE 256

struct alert {
	struct ev_loop *loop;
	struct events *events;
	struct telling *telling;
	ev_timer timer;
	char host[NAME_SIZE];
};

/* The journal. */

/* "NAME/path" is of the certificate NAME. */
static void certificate_of(const char *subject, char out[static NAME_SIZE])
{
	snprintf(out, NAME_SIZE, "%.*s", (int)strcspn(subject, "/"), subject);
}

static void log_trouble(
	struct alert *alert, const struct alert_trouble *trouble)
{
	char certificate[NAME_SIZE];
	struct error err;

	certificate_of(trouble->subject, certificate);
	fail_cause(&err, ERROR_LOCAL, trouble->code, "%s", trouble->text);
	events_emit(alert->events,
		&(struct event){
			.name = "trouble",
			.priority = alert_priority(trouble->level),
			.certificate = *certificate ? certificate : NULL,
			.err = &err,
		},
		"%s", trouble->text);
}

static void log_end(struct alert *alert, const struct alert_trouble *trouble)
{
	char certificate[NAME_SIZE];

	certificate_of(trouble->subject, certificate);
	events_emit(alert->events,
		&(struct event){
			.name = "well",
			.priority = LOG_NOTICE,
			.certificate = *certificate ? certificate : NULL,
		},
		"well again: %s%s%s", trouble->source,
		*trouble->code ? " " : "", trouble->code);
}

static void log_message(
	struct alert *alert, const struct telling_message *message)
{
	events_emit(alert->events,
		&(struct event){.name = "told", .priority = LOG_NOTICE}, "%s",
		message->subject);
}

/* Out to people. */

static void look_soon(struct alert *alert)
{
	if (!ev_is_active(&alert->timer))
		ev_timer_again(alert->loop, &alert->timer);
}

void alert_look(struct alert *alert)
{
	struct telling_message message;

	while (telling_next(
		alert->telling, alert->host, time(NULL), &message)) {
		log_message(alert, &message);
		telling_message_clear(&message);
	}
	if (telling_is_gathering(alert->telling))
		look_soon(alert);
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)events;
	ev_timer_stop(loop, timer);
	alert_look(timer->data);
}

/* Troubles. */

void alert_set(struct alert *alert, const struct alert_trouble *trouble)
{
	if (!alert || !telling_set(alert->telling, trouble, time(NULL)))
		return;
	if (!trouble->is_logged)
		log_trouble(alert, trouble);
	look_soon(alert);
}

void alert_clear(struct alert *alert, const char *source, const char *subject)
{
	struct alert_trouble gone;

	if (!alert || !telling_clear(alert->telling, source, subject, &gone))
		return;
	if (!gone.is_logged)
		log_end(alert, &gone);
	look_soon(alert);
}

struct sweep {
	bool (*is_there)(void *data, const char *certificate);
	void *data;
};

static bool is_there(void *data, const char *subject)
{
	const struct sweep *sweep = data;
	char certificate[NAME_SIZE];

	certificate_of(subject, certificate);
	return sweep->is_there(sweep->data, certificate);
}

void alert_sweep(struct alert *alert,
	bool (*known)(void *data, const char *certificate), void *data)
{
	struct sweep sweep = {known, data};

	if (!alert)
		return;
	telling_sweep(alert->telling, is_there, &sweep);
	look_soon(alert);
}

/* Life. */

struct alert *alert_new(struct ev_loop *loop, struct events *events)
{
	struct alert *alert = mem_new(sizeof(*alert));

	alert->loop = loop;
	alert->events = events;
	alert->telling = telling_new();
	if (gethostname(alert->host, sizeof(alert->host) - 1) < 0)
		snprintf(alert->host, sizeof(alert->host), "this host");
	ev_timer_init(&alert->timer, on_timer, 0., SOON);
	alert->timer.data = alert;
	return alert;
}

void alert_free(struct alert *alert)
{
	if (!alert)
		return;
	ev_timer_stop(alert->loop, &alert->timer);
	telling_free(alert->telling);
	free(alert);
}
