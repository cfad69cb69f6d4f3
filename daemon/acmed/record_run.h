/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One run, as records.c, which drives it, and record_run.c, which knows its
 * life, see it.
 */

#include "dns_alias.h"
#include "dns_answer.h"
#include "dns_change.h"
#include "dns_spread.h"
#include "records.h"

#include <sys/queue.h>

enum record_state {
	RECORD_WAITS, /* for its turn */
	RECORD_FOLLOWS, /* the alias of its name */
	RECORD_LOOKS, /* is a persistent one there? */
	RECORD_ADDS,
	RECORD_SPREADS, /* the name servers take it over */
	RECORD_IS_PRESENT, /* or failed to be: it has had its on_end */
	RECORD_IS_DUE, /* waits for its turn to be removed */
	RECORD_REMOVES,
};

struct record_run {
	TAILQ_ENTRY(record_run) entry;
	struct records *records;
	enum record_state state;
	char *certificate; /* owned, as all strings */
	char *identifier;
	char *server;
	uint16_t port;
	char *zone; /* NULL: not known yet */
	char *name; /* of the record; where its alias leads, later */
	bool is_alias; /* it led somewhere else, */
	bool is_missing; /* and nothing is there */
	char *value;
	bool is_persistent;
	bool may_be_there; /* the server was asked to add it */
	bool is_there; /* and did */
	bool is_unwanted; /* to be removed as soon as it is added */
	double patience; /* seconds */
	struct dns_alias *alias; /* what is under way, or NULL */
	struct dns_call *call;
	struct dns_question question; /* of it */
	struct dns_change *change;
	struct dns_spread *spread;
	void (*on_end)(void *data, const struct error *err);
	void *data; /* borrowed */
};

TAILQ_HEAD(record_runs, record_run);

struct records {
	struct dns_tools tools;
	struct records_listener listener;
	struct record_runs runs; /* in the order of their turns */
	ev_timer turns; /* somebody may have his turn */
	ev_timer again; /* the next sweep */
	struct helper_call *call; /* for the vault's list, or NULL */
};

/* Is it a value of ours, wherever it stands? */
bool records_know(const struct records *records, const char *value);

/* Puts it at the end of the list. */
void record_run_queue(struct record_run *run, enum record_state state);
void record_run_free(struct record_run *run);

/* Its turn has come. */
void record_run_start(struct record_run *run);

/* Does it speak to a server that changes something? */
bool record_run_is_busy(const struct record_run *run);
