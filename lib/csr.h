/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Certificate signing requests (PKCS#10, RFC 8555 section 7.4).
 */

#include "error.h"
#include "identifier.h"

#include <openssl/evp.h>

/* A request for exactly these identifiers in subjectAltName, with an empty
 * subject and no other extension: DER in base64url without padding; free it
 * with free(). */
char *csr_new(EVP_PKEY *key, const struct identifier *identifiers, size_t count,
	struct error *err);
