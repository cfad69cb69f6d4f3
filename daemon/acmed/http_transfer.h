/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One HTTPS request from its start to its callback: stages, deadlines, what
 * curl tells while it works. Only http.c and http_transfer.c know these
 * structures.
 */

#include "http_addresses.h"
#include "http_failure.h"
#include "http_message.h"
#include "http_multi.h"
#include "http_trust.h"

#include <sys/queue.h>

struct http_transfer {
	LIST_ENTRY(http_transfer) entry;
	struct http *http; /* borrowed */
	enum http_stage stage;
	CURL *easy; /* owned */
	bool is_added; /* to the multi handle */
	struct curl_slist *headers; /* owned */
	struct curl_slist *resolve; /* owned */
	struct dns_query *query; /* while the name is looked up */
	/* Where the connection goes to, the proxy if there is one; owned by
	 * curl_free(), as is `host`. */
	char *peer;
	char *port;
	char *host;
	char *trust_file; /* owned, as are these */
	char *proxy;
	char *source_address;
	struct http_message message;
	size_t mark; /* bytes received at the last look for a stall */
	ev_timer step; /* deadline of the stage, or the delivery of err */
	ev_timer all;
	struct error err; /* set by whoever knows best why it failed */
	char words[CURL_ERROR_SIZE]; /* curl's */
	void (*on_reply)(void *data, const struct http_reply *reply,
		const struct error *err);
	void *data; /* borrowed */
};

struct http {
	struct ev_loop *loop; /* borrowed */
	struct dns *dns; /* borrowed */
	struct http_multi *multi; /* owned */
	struct http_trust *trust; /* owned */
	struct http_addresses addresses;
	struct http_deadlines deadlines;
	struct http_counts counts;
	char user_agent[96];
	LIST_HEAD(, http_transfer) transfers;
};

/* The one writer of the stage; sets its deadline. */
void http_transfer_go(struct http_transfer *transfer, enum http_stage stage);

/* Delivers transfer->err from the loop. */
void http_transfer_fail_later(struct http_transfer *transfer);

/* Calls back with the reply, or with transfer->err. The callback may free
 * everything else; the transfer is gone afterwards. */
void http_transfer_end(
	struct http_transfer *transfer, const struct http_reply *reply);

/* No callback will come. */
void http_transfer_free(struct http_transfer *transfer);

/* Timers, and curl's callbacks on its easy handle. */
void http_transfer_init(struct http_transfer *transfer);

/* For http_multi: curl has finished with the handle. `data` is the http. */
void http_transfer_on_done(void *data, CURL *easy, CURLcode code);

/* What to say about it. */
struct http_failure http_transfer_facts(const struct http_transfer *transfer);
