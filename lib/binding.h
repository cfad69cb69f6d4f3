/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * External account binding (RFC 8555 section 7.3.4): a JWS with a MAC that
 * ties a new ACME account to one that a human has at the CA.
 */

#include "error.h"

#include <jansson.h>
#include <stddef.h>

struct binding {
	const char *kid; /* of the CA, ASCII */
	const char *url; /* newAccount, as in the outer JWS */
	const unsigned char *key; /* of the MAC */
	size_t key_length;
};

/* The flattened JWS with HS256 over the account's public key: the value of
 * "externalAccountBinding". A new reference, or NULL with err. */
json_t *binding_sign(
	const struct binding *binding, const json_t *jwk, struct error *err);
