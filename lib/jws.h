/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Signed ACME requests: a flattened JWS (RFC 7515, RFC 8555 section 6.2).
 */

#include "error.h"

#include <openssl/evp.h>

struct jws_header {
	const char *url; /* the exact string that the CA gave */
	const char *nonce; /* NULL only for an inner JWS */
	const char *kid; /* account URL; NULL: the public key itself (jwk) */
};

/* Signs with ES256, ES384, RS256 or EdDSA, as the key says. An empty payload is a
 * POST-as-GET. The body of the request; free it with free(). */
char *jws_sign(EVP_PKEY *key, const struct jws_header *header,
	const char *payload, struct error *err);

/* "ES256", ...; NULL for a key that cannot sign a JWS. */
const char *jws_algorithm(const EVP_PKEY *key);
