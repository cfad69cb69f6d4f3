/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One CA, spoken to in signed requests: nonces, badNonce (at most ten times,
 * RFC 8555 section 6.5), Retry-After, Link and Location, the directory with
 * its age. One exchange for each directory URL; it is the only one to know
 * about nonces. It never retries anything but badNonce (that a request finds
 * its kept connection closed is curl's business).
 */

#include "ca_health.h"
#include "config.h"
#include "directory.h"
#include "helper.h"
#include "http.h"

struct exchange;
struct exchange_call;

/* Everything is borrowed and outlives the exchange. */
struct exchange_setup {
	struct ev_loop *loop;
	struct http *http;
	struct helper *vault;
	const char *ca; /* name, for the vault */
	bool staging; /* its staging directory and account */
	const char *directory; /* URL */
	const char *trust_file;
	const char *proxy;
	const char *source_address;
};

struct exchange *exchange_new(const struct exchange_setup *setup);
/* Calls under way are dropped without a callback. */
void exchange_free(struct exchange *exchange);

/* The directory, from the CA or not older than an hour (it is fetched again
 * after a 404 or 405). The callback comes from the loop; the directory is
 * borrowed and stays valid until exchange_directory_release(), also when a
 * newer one has come, or until the exchange is freed. Never NULL. */
struct exchange_call *exchange_directory(struct exchange *exchange,
	void (*on_directory)(void *data, const struct directory *directory,
		const struct error *err),
	void *data);
/* The newest that is known already, however old; borrowed for now. Or NULL. */
const struct directory *exchange_known_directory(
	const struct exchange *exchange);
void exchange_directory_release(
	struct exchange *exchange, const struct directory *directory);

/* Does our clock agree with the date that came with the newest directory, to a
 * few minutes? True where none did; false with LOCAL C1. */
bool exchange_clock_agrees(const struct exchange *exchange, struct error *err);

/* Signs and sends. Exactly one callback, from the loop: a reply (2xx or not,
 * borrowed) or err when there was no reply to it at all. Call exchange_directory()
 * first. Never NULL. */
struct exchange_call *exchange_post(struct exchange *exchange,
	const struct request *request,
	void (*on_reply)(
		void *data, const struct reply *reply, const struct error *err),
	void *data);

/* The same without a signature: a plain GET of a JSON document (renewal
 * information, RFC 9773 section 4.1). */
struct exchange_call *exchange_get(struct exchange *exchange, const char *url,
	void (*on_reply)(
		void *data, const struct reply *reply, const struct error *err),
	void *data);
void exchange_cancel(struct exchange_call *call);

/* Does the CA answer? */
const struct ca_health *exchange_health(const struct exchange *exchange);
