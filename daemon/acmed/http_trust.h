/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Whom we trust to be a CA's server: one X509_STORE for each trust file,
 * shared by all connections and read again when the file has changed.
 *
 * The system's own trust is OpenSSL's default: a hashed folder, from which
 * only the roots that are needed are read, or else its bundle.
 */

#include "error.h"

#include <openssl/ssl.h>

struct http_trust;

struct http_trust *http_trust_new(void);
void http_trust_free(struct http_trust *trust);

/* Makes a TLS context trust what `file` (NULL: the system) holds. Why a
 * handshake failed is written to err, which outlives the handshake. False
 * with err (N4) when the file cannot be read. */
bool http_trust_apply(struct http_trust *trust, const char *file,
	SSL_CTX *context, struct error *err);
