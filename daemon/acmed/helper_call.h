/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One call of a helper and the lists it moves through: waiting, out, over.
 * Only helper.c and helper_call.c know these structures.
 */

#include "helper.h"

#include <sys/queue.h>
#include <sys/un.h>

enum call_state {
	CALL_WAITS, /* not sent yet */
	CALL_IS_OUT, /* its reply is expected */
	CALL_IS_OVER, /* answered, or failed: the timer delivers `err` */
};

struct helper_call {
	TAILQ_ENTRY(helper_call) entry;
	struct helper *helper; /* borrowed */
	enum call_state state;
	json_int_t id;
	char *bytes; /* owned, until they are sent */
	size_t length;
	double deadline; /* seconds, counted from the sending */
	ev_timer timer;
	struct error err;
	void (*on_reply)(
		void *data, const json_t *reply, const struct error *err);
	void *data; /* borrowed */
};

TAILQ_HEAD(helper_calls, helper_call);

struct helper {
	struct ev_loop *loop; /* borrowed */
	char *name; /* owned */
	struct sockaddr_un address;
	int socket; /* owned, -1 once it has ended */
	json_int_t last_id;
	size_t out_count;
	struct helper_calls waiting;
	struct helper_calls out;
	struct helper_calls over;
	ev_io readable;
	ev_io writable;
	ev_timer connecting;
	double connect_left; /* seconds */
	ev_timer ending; /* delivers `err` to what was under way */
	struct error err;
	void (*on_end)(void *data, const struct error *err);
	void *data; /* borrowed */
};

/* The one writer of the state: puts the call at the end of that list. */
void helper_call_move(struct helper_call *call, enum call_state state);

/* No callback. */
void helper_call_free(struct helper_call *call);

/* Frees the call, then calls back: that may free the helper. */
void helper_call_deliver(
	struct helper_call *call, const json_t *reply, const struct error *err);

/* Its timer delivers call->err. */
void helper_call_fail(struct helper_call *call);

/* Frees all of a list. */
void helper_calls_drop(struct helper_calls *calls);
