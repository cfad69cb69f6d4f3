/* SPDX-License-Identifier: MIT */
#include "log_entry.h"

#include "diagnosis.h"
#include "timestamp.h"

#include <endian.h>

/* The journal's protocol: "NAME=value\n", or for a value with a line break
 * "NAME\n", its length as 64 bits in little endian, value, "\n". */
static void add_field(struct text *entry, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	if (!strchr(value, '\n')) {
		text_addf(entry, "%s=%s\n", name, value);
		return;
	}
	uint64_t length = htole64(strlen(value));
	text_addf(entry, "%s\n", name);
	text_add_bytes(entry, &length, sizeof(length));
	text_addf(entry, "%s\n", value);
}

static void add_number(struct text *entry, const char *name, long long value)
{
	if (value)
		text_addf(entry, "%s=%lld\n", name, value);
}

static void add_time(struct text *entry, const char *name, int64_t when)
{
	char text[TIMESTAMP_SIZE];

	if (!when)
		return;
	timestamp_format(when, text);
	add_field(entry, name, text);
}

/* A failure is explained by its cause, everything else by the event. */
static const char *message_id(const struct event *event)
{
	const struct diagnosis *cause =
		event->err ? diagnosis_find(event->err->code) : NULL;
	const struct diagnosis_event *kind = diagnosis_event_find(event->name);

	if (cause)
		return cause->message_id;
	return kind ? kind->message_id : NULL;
}

/* Who reads without the fields wants to know which certificate it is. */
static void add_message(struct text *entry, const struct event *event)
{
	struct text message cleanup_text_value = {.limit = 4096};

	if (event->certificate)
		text_addf(&message, "%s: ", event->certificate);
	text_addf(&message, "%s", event->text);
	add_field(entry, "MESSAGE", message.data);
}

void log_entry_build(struct text *entry, const struct event *event)
{
	add_message(entry, event);
	add_field(entry, "MESSAGE_ID", message_id(event));
	text_addf(entry, "PRIORITY=%d\n", event->priority);
	add_field(entry, "SYSLOG_IDENTIFIER", "acmed");
	add_field(entry, "ACMED_EVENT", event->name);
	add_field(entry, "ACMED_CERTIFICATE", event->certificate);
	add_field(entry, "ACMED_CA", event->ca);
	add_field(entry, "ACMED_NAMES", event->names);
	add_field(entry, "ACMED_SERIAL", event->serial);
	add_time(entry, "ACMED_NOT_AFTER", event->not_after);
	if (event->err)
		add_field(entry, "ACMED_DIAGNOSIS", event->err->code);
	add_number(entry, "ACMED_ATTEMPT", event->attempt);
	add_time(entry, "ACMED_NEXT", event->next);
}
