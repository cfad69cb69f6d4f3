/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A look at the wire: which certificate do these endpoints really serve?
 *
 * Every address of every endpoint gets several fresh handshakes (P4), so
 * that an old worker is noticed; nothing is trusted or validated here, only
 * compared by fingerprint. Callbacks come from the loop.
 */

#include "certificate.h"
#include "config.h"
#include "dns.h"

#include <ev.h>

#define VERIFY_HANDSHAKES 8 /* to each address */
#define VERIFY_AT_ONCE 8 /* handshakes of all looks together */
#define VERIFY_ADDRESSES 512 /* of one look; what is more is left out */

struct verify;
struct verify_look;

/* What was seen at one address of one endpoint. */
struct verify_seen {
	const char *host; /* as configured, or the name */
	uint16_t port;
	const char *address; /* numeric */
	size_t endpoint; /* its index in the wish */
	bool answered; /* a certificate was shown at all */
	unsigned wanted; /* handshakes that showed the wanted certificate */
	unsigned other;
	bool same_names; /* it has one of our identifiers and is no placeholder */
	bool placeholder; /* our placeholder was shown */
	bool is_twin; /* a newer one of the same CA for all our names, and for
		       * no other, was shown: none of ours (L14) */
	bool is_incomplete; /* the wanted one came without its issuer (P9) */
	char missing[CERTIFICATE_NAME_SIZE]; /* that one's name */
	char serial[48]; /* of the last one that was not wanted, else wanted */
	int64_t not_after;
	struct error err; /* when it did not answer */
};

struct verify_wish {
	const struct config_endpoint *endpoints; /* copied */
	size_t endpoint_count;
	const char *fingerprint; /* copied; of the leaf that we want to see */
	const char *anchor; /* copied; where its chain leads; NULL: not looked
			     * at */
	int64_t issued; /* when ours was, and the last one; 0: twins are not
			 * looked for */
	const char *key_type; /* copied; NULL: whatever is shown */
	const struct identifier *identifiers; /* copied */
	size_t identifier_count;
};

struct verify *verify_new(struct ev_loop *loop, struct dns *dns);
/* Looks under way are dropped without a callback. */
void verify_free(struct verify *verify);
/* Another deadline of a handshake than 10 s, for tests. */
void verify_set_deadline(struct verify *verify, double seconds);

/* One callback with all that was seen (borrowed); endpoints that could not
 * be resolved are in the list with their err and no address. Deadline 10 s a
 * handshake. An address that does not answer the first one gets no further.
 * Never NULL. */
struct verify_look *verify_start(struct verify *verify,
	const struct verify_wish *wish,
	void (*on_seen)(
		void *data, const struct verify_seen *seen, size_t count),
	void *data);
void verify_cancel(struct verify_look *look);
