/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What an exchange asks the vault for, in words of verbs.h, and what it gets:
 * a request with its signature (RFC 8555 section 6.2). No input or output.
 */

#include "exchange.h"

/* A new reference. */
json_t *exchange_sign_request(const struct exchange_setup *setup,
	const struct request *request, const char *nonce);

/* *jws is borrowed from the answer. False for nonsense (M9). */
bool exchange_sign_read(
	const json_t *answer, const char **jws, struct error *err);
