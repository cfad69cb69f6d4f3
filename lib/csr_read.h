/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A certificate signing request that a user brings (CSR=): the key to it is
 * never on this machine.
 */

#include "error.h"
#include "identifier.h"

#include <openssl/evp.h>

#define CSR_MAX 65536 /* bytes of the file */

struct csr {
	char *encoded; /* owned: DER in base64url, as finalize wants it */
	EVP_PKEY *key; /* owned, public */
	struct identifier *identifiers; /* owned */
	size_t identifier_count;
	bool wants_staple; /* "must staple" (RFC 7633): most CAs refuse it */
};

/* Reads one request in PEM or DER and checks what a CA would: its signature,
 * a key of our types, at least one name and none of another kind, a common
 * name that is one of them. */
bool csr_read(
	const char *bytes, size_t length, struct csr *out, struct error *err);
void csr_clear(struct csr *csr);

/* The same from base64url, as `encoded` has it. */
bool csr_decode(const char *encoded, struct csr *out, struct error *err);

/* PEM of `encoded`; free it with free(). */
char *csr_to_pem(const char *encoded, struct error *err);

/* SHA-256 over the DER, in lower-case hex: is it the same request? Empty for
 * one that is none. */
#define CSR_HASH_SIZE 65
void csr_hash(const char *encoded, char out[static CSR_HASH_SIZE]);
