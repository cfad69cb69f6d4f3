/* SPDX-License-Identifier: MIT */
#include "chain_choice.h"

#include "key.h"

#include <openssl/err.h>
#include <stdio.h>
#include <strings.h>

#define KEY_ID_SIZE 20

/* Any of the common names of a name; strings that lie about their length
 * have a NUL in them, and fit nothing. */
static bool has_common_name(const X509_NAME *name, const char *wanted)
{
	int at = -1;

	while ((at = X509_NAME_get_index_by_NID(name, NID_commonName, at)) >=
		0) {
		unsigned char *text = NULL;
		int length = ASN1_STRING_to_UTF8(&text,
			X509_NAME_ENTRY_get_data(
				X509_NAME_get_entry(name, at)));
		bool fits = length >= 0 && strlen(wanted) == (size_t)length &&
			memcmp(text, wanted, (size_t)length) == 0;
		OPENSSL_free(text);
		if (fits)
			return true;
	}
	ERR_clear_error();
	return false;
}

static bool is_id(const ASN1_OCTET_STRING *id, const char *wanted)
{
	char hex[2 * KEY_ID_SIZE + 1];

	if (!id || ASN1_STRING_length(id) != KEY_ID_SIZE)
		return false;
	for (int i = 0; i < KEY_ID_SIZE; i++)
		snprintf(hex + 2 * i, 3, "%02x", ASN1_STRING_get0_data(id)[i]);
	return strcasecmp(hex, wanted) == 0;
}

static bool is_key(X509 *certificate, const char *wanted)
{
	char hash[KEY_HASH_SIZE];
	EVP_PKEY *key = X509_get0_pubkey(certificate);

	return key && key_hash(key, hash, NULL) &&
		strcasecmp(hash, wanted) == 0;
}

/* The last certificate names the root's key, or is the root. */
static bool has_root_key(X509 *last, const char *wanted)
{
	struct error err;
	bool is_root;

	if (!certificate_issues_itself(last, &is_root, &err) || !is_root)
		return is_id(X509_get0_authority_key_id(last), wanted);
	return is_id(X509_get0_subject_key_id(last), wanted) ||
		is_key(last, wanted);
}

bool chain_fits(STACK_OF(X509) * chain, const char *preferred)
{
	int count = sk_X509_num(chain);

	for (int i = 0; i < count; i++)
		if (has_common_name(
			    X509_get_issuer_name(sk_X509_value(chain, i)),
			    preferred))
			return true;
	return count > 0 &&
		has_root_key(sk_X509_value(chain, count - 1), preferred);
}

bool chain_same_leaf(STACK_OF(X509) * one, STACK_OF(X509) * other)
{
	return sk_X509_num(one) > 0 && sk_X509_num(other) > 0 &&
		X509_cmp(sk_X509_value(one, 0), sk_X509_value(other, 0)) == 0;
}
