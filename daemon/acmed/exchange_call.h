/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One call of an exchange and the list of all that are under way, the oldest
 * first. Only exchange.c and exchange_call.c know these structures.
 */

#include "exchange.h"

#include <sys/queue.h>

enum call_step {
	CALL_DIRECTORY, /* waits for the directory */
	CALL_NONCE, /* waits for a nonce */
	CALL_SIGN, /* the vault signs */
	CALL_SEND, /* the CA works */
	CALL_GET, /* the same, without a nonce */
	CALL_TELL, /* the timer delivers what there is */
};

/* Exactly one of on_directory and on_reply is set. */
struct exchange_call {
	TAILQ_ENTRY(exchange_call) entry;
	struct exchange *exchange; /* borrowed */
	struct exchange_calls *calls; /* borrowed; the list it is in */
	enum call_step step;
	struct request request;
	char *nonce; /* owned */
	unsigned rejections; /* badNonce so far */
	struct helper_call *signing;
	struct http_transfer *transfer;
	const struct directory *directory; /* borrowed from the cache */
	ev_timer tell;
	struct error err;
	void (*on_directory)(void *data, const struct directory *directory,
		const struct error *err);
	void (*on_reply)(
		void *data, const struct reply *reply, const struct error *err);
	void *data; /* borrowed */
};

struct exchange_calls {
	struct ev_loop *loop; /* borrowed */
	TAILQ_HEAD(, exchange_call) list;
};

void exchange_calls_init(struct exchange_calls *calls, struct ev_loop *loop);

/* A new one at the end of the list. Never NULL. */
struct exchange_call *exchange_call_new(
	struct exchange_calls *calls, struct exchange *exchange, void *data);

/* Cancels what is under way for it; no callback. */
void exchange_call_free(struct exchange_call *call);

/* Delivers its directory, or else its err, from the loop. */
void exchange_call_tell(struct exchange_call *call);

/* Delivers now: the callback may free everything, the call is gone. */
void exchange_call_finish(struct exchange_call *call, const struct reply *reply,
	const struct error *err);

/* All that are at this step fail, from the loop. */
void exchange_calls_fail(struct exchange_calls *calls, enum call_step step,
	const struct error *err);

size_t exchange_calls_count(
	const struct exchange_calls *calls, enum call_step step);
