/* SPDX-License-Identifier: MIT */
#include "tlsa.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#define HEAD 3 /* bytes before the digest */

enum {
	USAGE_LEAF = 1, /* PKIX-EE */
	USAGE_OWN_LEAF = 3, /* DANE-EE */
	SELECTOR_KEY = 1,
	MATCHING_SHA256 = 1,
	MATCHING_SHA512 = 2,
};

static const EVP_MD *digest_of(uint8_t matching)
{
	switch (matching) {
	case MATCHING_SHA256:
		return EVP_sha256();
	case MATCHING_SHA512:
		return EVP_sha512();
	default:
		return NULL;
	}
}

/* What names a whole certificate, or its issuer, is left to clients. */
static bool is_of_leaf(const unsigned char *data, size_t length)
{
	const EVP_MD *digest = digest_of(data[2]);

	return (data[0] == USAGE_LEAF || data[0] == USAGE_OWN_LEAF) &&
		data[1] <= SELECTOR_KEY && digest &&
		length == HEAD + (size_t)EVP_MD_get_size(digest);
}

void tlsa_add(struct tlsa_set *set, const unsigned char *data, size_t length)
{
	if (length < HEAD || !is_of_leaf(data, length) ||
		set->count == TLSA_RECORDS_MAX) {
		set->is_unclear = true;
		return;
	}
	struct tlsa_record *record = &set->records[set->count++];
	record->usage = data[0];
	record->selector = data[1];
	record->matching = data[2];
	memcpy(record->digest, data + HEAD, length - HEAD);
}

static bool digest_leaf(X509 *leaf, const struct tlsa_record *record,
	unsigned char out[EVP_MAX_MD_SIZE], unsigned *length)
{
	const EVP_MD *digest = digest_of(record->matching);
	unsigned char *key = NULL;

	if (record->selector != SELECTOR_KEY)
		return X509_digest(leaf, digest, out, length) == 1;
	int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(leaf), &key);
	bool is_made = size > 0 &&
		EVP_Digest(key, (size_t)size, out, length, digest, NULL) == 1;
	OPENSSL_free(key);
	return is_made;
}

/* What cannot be reckoned counts as covered: it is no news. */
static bool covers(const struct tlsa_record *record, X509 *leaf)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned length;

	return !digest_leaf(leaf, record, digest, &length) ||
		memcmp(digest, record->digest, length) == 0;
}

bool tlsa_shuts_out(const struct tlsa_set *set, X509 *leaf)
{
	if (set->is_unclear)
		return false;
	for (size_t i = 0; i < set->count; i++)
		if (covers(&set->records[i], leaf))
			return false;
	return set->count > 0;
}

bool tlsa_value(X509 *leaf, char out[static TLSA_VALUE_SIZE])
{
	const struct tlsa_record record = {
		.usage = USAGE_OWN_LEAF,
		.selector = SELECTOR_KEY,
		.matching = MATCHING_SHA256,
	};
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned length;

	if (!digest_leaf(leaf, &record, digest, &length))
		return false;
	for (unsigned i = 0; i < length; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
	return true;
}
