/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A look at the wire: which certificate do these endpoints really serve?
 *
 * Every address of every endpoint gets several fresh handshakes (P4), so
 * that an old worker is noticed; nothing is trusted or validated here, only
 * compared by fingerprint. Callbacks come from the loop.
 */

#include "config.h"
#include "dns.h"

#include <ev.h>

#define VERIFY_HANDSHAKES 8

struct verify;
struct verify_look;

/* What was seen at one address of one endpoint. */
struct verify_seen {
	const char *host; /* as configured, or the name */
	uint16_t port;
	const char *address; /* numeric */
	bool answered; /* a certificate was shown at all */
	unsigned wanted; /* handshakes that showed the wanted certificate */
	unsigned other;
	bool same_names; /* it has one of our identifiers and is no placeholder */
	char serial[48]; /* of the last one that was not wanted, else wanted */
	int64_t not_after;
	struct error err; /* when it did not answer */
};

struct verify_wish {
	const struct config_endpoint *endpoints; /* copied */
	size_t endpoint_count;
	const char *fingerprint; /* copied; of the leaf that we want to see */
	const struct identifier *identifiers; /* copied */
	size_t identifier_count;
};

struct verify *verify_new(struct ev_loop *loop, struct dns *dns);
void verify_free(struct verify *verify);

/* One callback with all that was seen (borrowed); endpoints that could not
 * be resolved are in the list with their err. Deadline 10 s a handshake, at
 * most 8 at once, 64 addresses. Never NULL. */
struct verify_look *verify_start(struct verify *verify,
	const struct verify_wish *wish,
	void (*on_seen)(
		void *data, const struct verify_seen *seen, size_t count),
	void *data);
void verify_cancel(struct verify_look *look);
