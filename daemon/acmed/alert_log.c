/* SPDX-License-Identifier: MIT */
#include "alert_log.h"

#include <stdio.h>
#include <string.h>

void alert_certificate(const char *subject, char out[static ALERT_NAME_SIZE])
{
	snprintf(out, ALERT_NAME_SIZE, "%.*s", (int)strcspn(subject, "/"),
		subject);
}

void alert_log_trouble(
	struct events *events, const struct alert_trouble *trouble)
{
	char certificate[ALERT_NAME_SIZE];
	struct error err;

	alert_certificate(trouble->subject, certificate);
	fail_cause(&err, ERROR_LOCAL, trouble->code, "%s", trouble->text);
	events_emit(events,
		&(struct event){
			.name = "trouble",
			.priority = alert_priority(trouble->level),
			.certificate = *certificate ? certificate : NULL,
			.err = &err,
		},
		"%s", trouble->text);
}

void alert_log_end(struct events *events, const struct alert_trouble *trouble)
{
	char certificate[ALERT_NAME_SIZE];

	alert_certificate(trouble->subject, certificate);
	events_emit(events,
		&(struct event){
			.name = "well",
			.priority = LOG_NOTICE,
			.certificate = *certificate ? certificate : NULL,
		},
		"well again: %s%s%s", trouble->source,
		*trouble->code ? " " : "", trouble->code);
}

void alert_log_message(struct events *events, const char *channels,
	const struct telling_message *message)
{
	bool is_told = *channels != '\0';

	events_emit(events,
		&(struct event){
			.name = "told",
			.priority = is_told ? LOG_NOTICE : LOG_WARNING,
		},
		"%s%s: %s", is_told ? "goes out by " : "nobody is told",
		channels, message->subject);
}
