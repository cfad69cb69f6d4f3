/* SPDX-License-Identifier: MIT */
#include "log.h"

#include "diagnosis.h"
#include "text.h"
#include "timestamp.h"

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

struct log {
	struct events *events;
	struct event_listener *listener;
	int socket; /* -1: no journal here */
	bool is_verbose;
	unsigned long dropped;
};

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

static void build_entry(struct text *entry, const struct event *event)
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

static void send_entry(struct log *log, const struct event *event)
{
	struct text entry cleanup_text_value = {.limit = 128 * 1024};

	build_entry(&entry, event);
	if (entry.failed ||
		send(log->socket, entry.data, entry.length,
			MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		log->dropped++;
}

static void print_line(const struct event *event)
{
	char when[TIMESTAMP_SIZE];

	timestamp_format(event->when, when);
	if (event->certificate)
		fprintf(stderr, "%s %s: %s\n", when, event->certificate,
			event->text);
	else
		fprintf(stderr, "%s %s\n", when, event->text);
}

static void on_event(void *data, const struct event *event)
{
	struct log *log = data;
	bool is_detail = event->priority >= LOG_DEBUG;

	if (log->socket >= 0)
		send_entry(log, event);
	if (log->is_verbose || (log->socket < 0 && !is_detail))
		print_line(event);
}

/* Is standard error what the journal reads, or is there nothing else? */
static int connect_journal(void)
{
	struct sockaddr_un address = {
		.sun_family = AF_UNIX, .sun_path = JOURNAL_SOCKET};

	if (!getenv("JOURNAL_STREAM"))
		return -1;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close(fd);
	return -1;
}

struct log *log_new(struct events *events, bool is_verbose)
{
	struct log *log = calloc(1, sizeof(*log));

	if (!log)
		abort();
	log->events = events;
	log->is_verbose = is_verbose;
	log->socket = connect_journal();
	log->listener = events_listen(events, on_event, log);
	return log;
}

void log_free(struct log *log)
{
	if (!log)
		return;
	events_ignore(log->events, log->listener);
	if (log->socket >= 0)
		close(log->socket);
	free(log);
}

unsigned long log_dropped(const struct log *log)
{
	return log->dropped;
}
