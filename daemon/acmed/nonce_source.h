/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Where the nonces of one CA come from: out of its replies, or, when these
 * do not suffice, by HEAD of newNonce, at most four at a time.
 */

#include "http.h"
#include "nonce_pool.h"

#define NONCE_FETCHES 4

struct nonce_source;

/* One HEAD of newNonce. */
struct nonce_fetch {
	struct nonce_source *source; /* borrowed */
	struct http_transfer *transfer; /* NULL: not under way */
};

struct nonce_source {
	struct http *http; /* borrowed */
	struct http_request head; /* borrowed; its URL is set by each fetch */
	struct nonce_pool pool;
	struct nonce_fetch fetches[NONCE_FETCHES];
	unsigned useless; /* HEADs in a row without a new nonce */
	/* From the loop: a HEAD has come back. With err there is no nonce to
	 * be had; status is 0 when there was no reply. */
	void (*on_fetched)(void *data, long status, const struct error *err);
	void *data; /* borrowed */
};

/* Cancels all fetches. */
void nonce_source_clear(struct nonce_source *source);

/* A nonce, owned by the caller and used up by that; NULL: none is there. */
char *nonce_source_take(struct nonce_source *source);

/* Keeps the nonce of a reply, if it has one. */
void nonce_source_offer(
	struct nonce_source *source, const struct http_reply *reply);

/* The same, but gives it to the caller, or NULL. */
char *nonce_source_take_from(
	struct nonce_source *source, const struct http_reply *reply);

/* What is kept is doubtful: the network failed. */
void nonce_source_distrust(struct nonce_source *source);

/* Has so many HEADs under way, or as many as may be; how many are. */
size_t nonce_source_fetch(
	struct nonce_source *source, const char *url, size_t wanted);
