/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The certificate that answers tls-alpn-01 (RFC 8737; for IP addresses
 * RFC 8738 section 6). Its key is made for it and thrown away with it: it is
 * worth nothing to anybody, and so the loop may hold it.
 */

#include "error.h"
#include "identifier.h"

#include <openssl/x509.h>
#include <stdint.h>

#define TLS_ALPN_PROTOCOL "acme-tls/1"

/* The server name that the CA sends: the name itself, the reverse name of an
 * IP address without its final dot. */
void tls_alpn_server_name(
	const struct identifier *identifier, char out[static 256]);

/* Is it meant for such an answer, whoever made it? */
bool tls_alpn_is_answer(const X509 *certificate);

/* Is it the answer to this very challenge? */
bool tls_alpn_answers(const X509 *certificate, const char *key_authorization);

/* Self-signed by `key`: one alternative name, and the critical
 * acmeIdentifier. Owned by the caller; NULL with err. */
X509 *tls_alpn_certificate(EVP_PKEY *key, const struct identifier *identifier,
	const char *key_authorization, int64_t now, struct error *err);
