/* SPDX-License-Identifier: MIT */
#include "log.h"

#include "log_entry.h"
#include "text.h"
#include "timestamp.h"

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
	bool is_deaf; /* the journal did not take the last one */
	unsigned long dropped;
};

static const struct sockaddr_un JOURNAL = {
	.sun_family = AF_UNIX, .sun_path = JOURNAL_SOCKET};

static bool reach(int socket)
{
	return connect(socket, (const struct sockaddr *)&JOURNAL,
		       sizeof(JOURNAL)) == 0;
}

static bool send_bytes(const struct log *log, const struct text *entry)
{
	return send(log->socket, entry->data, entry->length,
		       MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

/* One that was started anew has another socket of the same name. */
static void send_entry(struct log *log, const struct event *event)
{
	struct text entry cleanup_text_value = {.limit = 128 * 1024};

	log_entry_build(&entry, event);
	if (entry.failed) {
		log->dropped++;
		return;
	}
	log->is_deaf = !send_bytes(log, &entry) &&
		(errno == EAGAIN || !reach(log->socket) ||
			!send_bytes(log, &entry));
	log->dropped += log->is_deaf;
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
	if (!getenv("JOURNAL_STREAM"))
		return -1;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (reach(fd))
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

bool log_is_taken(struct log *log)
{
	if (log->is_deaf)
		events_emit(log->events,
			&(struct event){
				.name = "error", .priority = LOG_WARNING},
			"the journal has missed %lu messages", log->dropped);
	return !log->is_deaf;
}

unsigned long log_dropped(const struct log *log)
{
	return log->dropped;
}
