/* SPDX-License-Identifier: MIT */
#include "log.h"

#include "journal.h"
#include "log_entry.h"
#include "mem.h"
#include "timestamp.h"

#include <stdio.h>
#include <stdlib.h>

#define PATIENCE 60. /* seconds */

struct log {
	struct events *events;
	struct event_listener *listener;
	struct journal *journal; /* NULL: none here */
	bool is_verbose;
	unsigned long told; /* of the entries that are lost */
};

static void send_entry(const struct log *log, const struct event *event)
{
	struct text entry = {.limit = 128 * 1024};

	log_entry_build(&entry, event);
	journal_send(log->journal, &entry, event->priority >= LOG_DEBUG);
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
	const struct log *log = data;

	if (log->journal)
		send_entry(log, event);
	if (log->is_verbose || (!log->journal && event->priority < LOG_DEBUG))
		print_line(event);
}

struct log *log_new(
	struct ev_loop *loop, struct events *events, bool is_verbose)
{
	struct log *log = mem_new(sizeof(*log));

	log->events = events;
	log->is_verbose = is_verbose;
	log->journal = journal_open(loop);
	log->listener = events_listen(events, on_event, log);
	return log;
}

void log_free(struct log *log)
{
	if (!log)
		return;
	events_ignore(log->events, log->listener);
	journal_close(log->journal);
	free(log);
}

/* The journal is the first to hear what it has missed. One that is only busy,
 * as in the minute in which much is told at once, misses nothing. */
bool log_is_taken(struct log *log)
{
	if (!log->journal)
		return true;
	if (!journal_flush(log->journal))
		return journal_delay(log->journal) < PATIENCE;
	unsigned long lost = journal_lost(log->journal) - log->told;
	log->told += lost;
	if (lost)
		events_emit(log->events,
			&(struct event){
				.name = "error", .priority = LOG_WARNING},
			"the journal has missed %lu messages", lost);
	return true;
}

unsigned long log_waiting(const struct log *log)
{
	return log->journal ? journal_kept(log->journal) : 0;
}
