/* SPDX-License-Identifier: MIT */
#include "alert.h"

#include "mem.h"
#include "text.h"

#include <stdio.h>

struct trouble {
	struct trouble *next;
	char *source; /* owned, as the others */
	char *subject;
	char *code;
	enum alert_level level;
	bool is_logged;
};

struct alert {
	struct events *events;
	struct trouble *first;
};

static struct trouble **find(
	struct alert *alert, const char *source, const char *subject)
{
	struct trouble **link = &alert->first;

	while (*link &&
		(!streq((*link)->source, source) ||
			!streq((*link)->subject, subject)))
		link = &(*link)->next;
	return link;
}

static void free_trouble(struct trouble *trouble)
{
	free(trouble->source);
	free(trouble->subject);
	free(trouble->code);
	free(trouble);
}

/* "NAME/path" is of the certificate NAME. */
static char *certificate_of(const char *subject)
{
	return *subject
		? text_format("%.*s", (int)strcspn(subject, "/"), subject)
		: NULL;
}

static void log_trouble(
	struct alert *alert, const struct alert_trouble *trouble)
{
	cleanup(string) char *certificate = certificate_of(trouble->subject);
	struct error err;

	fail_cause(&err, ERROR_LOCAL, trouble->code, "%s", trouble->text);
	events_emit(alert->events,
		&(struct event){
			.name = "trouble",
			.priority = alert_priority(trouble->level),
			.certificate = certificate,
			.err = &err,
		},
		"%s", trouble->text);
}

static void log_end(struct alert *alert, const struct trouble *trouble)
{
	cleanup(string) char *certificate = certificate_of(trouble->subject);

	events_emit(alert->events,
		&(struct event){
			.name = "well",
			.priority = LOG_NOTICE,
			.certificate = certificate,
		},
		"well again: %s%s%s", trouble->source,
		*trouble->code ? " " : "", trouble->code);
}

static void note(struct trouble *known, const struct alert_trouble *trouble)
{
	free(known->code);
	known->code = mem_string(trouble->code);
	known->level = trouble->level;
	known->is_logged = trouble->is_logged;
}

void alert_set(struct alert *alert, const struct alert_trouble *trouble)
{
	struct trouble **link = find(alert, trouble->source, trouble->subject);
	struct trouble *known = *link;
	bool is_news = !known || !streq(known->code, trouble->code) ||
		known->level < trouble->level;

	if (!known) {
		known = *link = mem_new(sizeof(*known));
		known->source = mem_string(trouble->source);
		known->subject = mem_string(trouble->subject);
	}
	note(known, trouble);
	if (is_news && !trouble->is_logged)
		log_trouble(alert, trouble);
}

void alert_clear(struct alert *alert, const char *source, const char *subject)
{
	struct trouble **link = find(alert, source, subject);
	struct trouble *known = *link;

	if (!known)
		return;
	*link = known->next;
	if (!known->is_logged)
		log_end(alert, known);
	free_trouble(known);
}

struct alert *alert_new(struct events *events)
{
	struct alert *alert = mem_new(sizeof(*alert));

	alert->events = events;
	return alert;
}

void alert_free(struct alert *alert)
{
	if (!alert)
		return;
	while (alert->first) {
		struct trouble *trouble = alert->first;
		alert->first = trouble->next;
		free_trouble(trouble);
	}
	free(alert);
}
