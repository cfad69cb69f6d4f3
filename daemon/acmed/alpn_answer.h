/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The answer to a tls-alpn-01 challenge as a TLS server gives it: a
 * certificate, and the key that was made for it and goes with it.
 */

#include "challenge.h"

#include <openssl/x509.h>

struct alpn_answer {
	char server_name[256]; /* by which the CA asks */
	X509 *certificate; /* owned, as the key */
	EVP_PKEY *key;
};

/* Owned by the caller; NULL with err. */
struct alpn_answer *alpn_answer_new(
	const struct challenge *challenge, struct error *err);
void alpn_answer_free(struct alpn_answer *answer);
