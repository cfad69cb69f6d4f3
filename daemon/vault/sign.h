/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Signed requests to a CA, of the shapes that payload.h allows.
 */

#include "jws.h"
#include "vault.h"

/* The members "url" and "nonce" of a request; borrowed. */
bool sign_read_header(
	const json_t *request, struct jws_header *header, struct error *err);

/* The verb `sign`. */
json_t *sign_request(
	struct vault *vault, const json_t *request, struct error *err);
