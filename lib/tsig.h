/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Signatures of DNS messages with a shared secret (RFC 8945), HMAC-SHA256,
 * -384 and -512: for one message and its one reply.
 */

#include "dns_message.h"

#define TSIG_SECRET_MAX 512
#define TSIG_MAC_MAX 64

enum tsig_algorithm {
	TSIG_SHA256,
	TSIG_SHA384,
	TSIG_SHA512,
};

struct tsig_key {
	char name[DNS_NAME_SIZE];
	enum tsig_algorithm algorithm;
	unsigned char secret[TSIG_SECRET_MAX];
	size_t length;
};

struct tsig_mac {
	unsigned char bytes[TSIG_MAC_MAX];
	size_t length;
};

/* A key as bind ("key NAME { algorithm ...; secret ...; };") or knot (id,
 * algorithm, secret) write it, or "algorithm:name:secret" (D1). Wipe it with
 * tsig_key_clear(). */
bool tsig_key_parse(const char *text, struct tsig_key *out, struct error *err);
void tsig_key_clear(struct tsig_key *key);

/* Signs a message that is complete otherwise; the MAC is wanted again for the
 * reply. `now` is in seconds. */
bool tsig_sign(const struct tsig_key *key, int64_t now,
	struct dns_message *message, struct tsig_mac *mac, struct error *err);

/* Is there any signature with this key's name? An error of a server that
 * knows nothing of keys has none. */
bool tsig_is_signed(
	const struct tsig_key *key, const unsigned char *bytes, size_t length);

/* Was the reply signed by this key, for the request of that MAC, now? What
 * the server says of our signature comes first: D1 for a wrong key, C1 for a
 * clock that is off. */
bool tsig_verify(const struct tsig_key *key, const unsigned char *bytes,
	size_t length, const struct tsig_mac *request, int64_t now,
	struct error *err);
