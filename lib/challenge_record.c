/* SPDX-License-Identifier: MIT */
#include "challenge_record.h"

#include "base64url.h"
#include "crypto_error.h"
#include "mem.h"
#include "text.h"

#include <openssl/evp.h>

#define LABEL_BYTES 10 /* of the hash of the account's URL */
#define LABEL_SIZE (LABEL_BYTES * 8 / 5 + 1)
#define NAME_MAX_BYTES 253

char *challenge_record_value(const char *key_authorization)
{
	unsigned char digest[32];

	if (EVP_Digest(key_authorization, strlen(key_authorization), digest,
		    NULL, EVP_sha256(), NULL) != 1)
		return NULL;
	return base64url_encode(digest, sizeof(digest));
}

/* Base32 in lower case (RFC 4648 section 6); ten bytes leave no rest. */
static void write_base32(
	const unsigned char *bytes, char out[static LABEL_SIZE])
{
	static const char ALPHABET[] = "abcdefghijklmnopqrstuvwxyz234567";
	uint32_t bits = 0;
	unsigned held = 0;

	for (size_t i = 0; i < LABEL_BYTES; i++) {
		bits = bits << 8 | bytes[i];
		for (held += 8; held >= 5; held -= 5)
			*out++ = ALPHABET[bits >> (held - 5) & 31];
	}
	*out = '\0';
}

static char *account_name(
	const char *account, const char *domain, struct error *err)
{
	unsigned char digest[32];
	char label[LABEL_SIZE];

	if (!account) {
		fail(err, ERROR_LOCAL, "the account has no URL yet");
		return NULL;
	}
	if (EVP_Digest(account, strlen(account), digest, NULL, EVP_sha256(),
		    NULL) != 1) {
		fail_crypto(err, ERROR_LOCAL, "cannot hash an account");
		return NULL;
	}
	write_base32(digest, label);
	char *name = text_format("_%s._acme-challenge.%s", label, domain);
	if (!name)
		fail_memory(err);
	return name;
}

static char *plain_name(
	const char *prefix, const char *domain, struct error *err)
{
	char *name = text_format("%s.%s", prefix, domain);

	if (!name)
		fail_memory(err);
	return name;
}

static char *make_name(enum challenge_type type, const char *domain,
	const char *account, struct error *err)
{
	switch (type) {
	case CHALLENGE_HTTP_01:
	case CHALLENGE_TLS_ALPN_01:
		break;
	case CHALLENGE_DNS_01:
		return plain_name("_acme-challenge", domain, err);
	case CHALLENGE_DNS_ACCOUNT_01:
		return account_name(account, domain, err);
	case CHALLENGE_DNS_PERSIST_01:
		return plain_name("_validation-persist", domain, err);
	}
	fail(err, ERROR_LOCAL, "%s has no record", challenge_type_name(type));
	return NULL;
}

char *challenge_record_name(enum challenge_type type,
	const struct identifier *identifier, const char *account,
	struct error *err)
{
	if (identifier->type != IDENTIFIER_DNS) {
		fail(err, ERROR_REFUSED,
			"'%s' is an IP address, which %s cannot validate",
			identifier->value, challenge_type_name(type));
		return NULL;
	}
	char *name = make_name(type, identifier_base(identifier), account, err);
	if (!name || strlen(name) <= NAME_MAX_BYTES)
		return name;
	fail(err, ERROR_REFUSED, "'%s' is too long for a record of %s",
		identifier->value, challenge_type_name(type));
	free(name);
	return NULL;
}
