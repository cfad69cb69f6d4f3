/* SPDX-License-Identifier: MIT */

/*
 * A downloaded chain in PEM (RFC 8555 section 9.1): within its caps, and the
 * same when it is written and read again. And keys in PEM, as a state folder
 * holds them.
 */

#include "certificate.h"

#include "fuzz.h"
#include "key.h"

#include <openssl/err.h>
#include <string.h>

static void check_again(STACK_OF(X509) * chain)
{
	cleanup(string) char *pem = certificate_chain_to_pem(chain, 0, NULL);
	fuzz_check(pem != NULL);
	cleanup(chain) STACK_OF(X509) *again =
		certificate_chain_parse(pem, strlen(pem), NULL);

	fuzz_check(again && sk_X509_num(again) == sk_X509_num(chain));
	for (int i = 0; i < sk_X509_num(chain); i++)
		fuzz_check(!X509_cmp(
			sk_X509_value(chain, i), sk_X509_value(again, i)));
}

static void check(STACK_OF(X509) * chain)
{
	struct identifier name;
	struct certificate_facts facts = {0};
	struct error err = {0};

	fuzz_check(sk_X509_num(chain) >= 1);
	fuzz_check(sk_X509_num(chain) <= CHAIN_MAX_CERTIFICATES);
	identifier_parse("a.example", &name, NULL);
	struct certificate_wish wish = {
		.identifiers = &name, .identifier_count = 1, .now = FUZZ_NOW};
	if (!certificate_check(chain, &wish, &err))
		fuzz_check_error(&err);
	if (certificate_read_chain(chain, &facts, NULL))
		fuzz_check_text(facts.anchor);
	certificate_facts_clear(&facts);
}

void fuzz_chain(const uint8_t *bytes, size_t length)
{
	cleanup(string) char *pem = fuzz_string(bytes, length);
	cleanup(pkey) EVP_PKEY *key = key_from_pem(pem, length, NULL);
	char hash[KEY_HASH_SIZE];
	struct error err = {0};

	if (key)
		key_hash(key, hash, NULL);
	cleanup(chain) STACK_OF(X509) *chain =
		certificate_chain_parse(pem, length, &err);
	if (chain) {
		check(chain);
		check_again(chain);
	} else {
		fuzz_check_error(&err);
	}
	ERR_clear_error();
}
