/* SPDX-License-Identifier: MIT */

/*
 * A certificate signing request that a user brings (CSR=), in PEM or DER:
 * what is taken is the same in every form of it.
 */

#include "csr_read.h"

#include "fuzz.h"
#include "mem.h"
#include "text.h"

#include <openssl/err.h>
#include <string.h>

static void check_again(const struct csr *csr, struct csr *again)
{
	fuzz_check(streq(csr->encoded, again->encoded));
	fuzz_check(identifier_same_set(csr->identifiers, csr->identifier_count,
		again->identifiers, again->identifier_count));
	fuzz_check(csr->wants_staple == again->wants_staple);
	csr_clear(again);
}

static void check(const struct csr *csr)
{
	struct csr again = {0};
	char hash[CSR_HASH_SIZE];
	cleanup(string) char *pem = csr_to_pem(csr->encoded, NULL);

	fuzz_check(pem && csr->key && csr->identifier_count > 0);
	fuzz_check(csr_decode(csr->encoded, &again, NULL));
	check_again(csr, &again);
	fuzz_check(csr_read(pem, strlen(pem), &again, NULL));
	check_again(csr, &again);
	csr_hash(csr->encoded, hash);
	fuzz_check(strlen(hash) == CSR_HASH_SIZE - 1);
}

static void decode(const char *text)
{
	struct csr csr = {0};
	struct error err = {0};
	char hash[CSR_HASH_SIZE];

	if (!csr_decode(text, &csr, &err))
		fuzz_check_error(&err);
	csr_clear(&csr);
	csr_hash(text, hash);
}

void fuzz_csr(const uint8_t *bytes, size_t length)
{
	cleanup(string) char *text = fuzz_string(bytes, length);
	struct csr csr = {0};
	struct error err = {0};

	if (csr_read(text, length, &csr, &err))
		check(&csr);
	else
		fuzz_check_error(&err);
	csr_clear(&csr);
	decode(text);
	ERR_clear_error();
}
