/* SPDX-License-Identifier: MIT */
#include "tls_alpn.h"

#include "alternative_names.h"
#include "crypto_error.h"
#include "mem.h"

#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#define ACME_IDENTIFIER "1.3.6.1.5.5.7.1.31"
#define COMMON_NAME "acmed challenge"
#define VERSION_3 2
#define DAY 86400
#define DIGEST_SIZE 32
#define VALUE_SIZE (2 + DIGEST_SIZE)
#define REVERSE_MAX 256

DEFINE_CLEANUP(object, ASN1_OBJECT, ASN1_OBJECT_free)
DEFINE_CLEANUP(octets, ASN1_OCTET_STRING, ASN1_OCTET_STRING_free)
DEFINE_CLEANUP(extension, X509_EXTENSION, X509_EXTENSION_free)

/* Octets, or the two halves of each, from the last to the first. */
void tls_alpn_server_name(
	const struct identifier *identifier, char out[static 256])
{
	const unsigned char *address = identifier->address;
	size_t length = 0;

	if (identifier->type == IDENTIFIER_DNS) {
		snprintf(out, REVERSE_MAX, "%s", identifier_base(identifier));
		return;
	}
	bool is_v4 = identifier->address_length == 4;
	for (size_t i = identifier->address_length; i-- > 0;)
		length += (size_t)(is_v4
				? snprintf(out + length, REVERSE_MAX - length,
					  "%u.", address[i])
				: snprintf(out + length, REVERSE_MAX - length,
					  "%x.%x.", address[i] & 15U,
					  address[i] >> 4U));
	snprintf(out + length, REVERSE_MAX - length,
		is_v4 ? "in-addr.arpa" : "ip6.arpa");
}

static bool set_name(X509 *certificate)
{
	X509_NAME *name = X509_get_subject_name(certificate);

	return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
		       (const unsigned char *)COMMON_NAME, -1, -1, 0) == 1 &&
		X509_set_issuer_name(certificate, name) == 1;
}

static bool set_numbers(X509 *certificate, int64_t now)
{
	uint64_t number;

	return RAND_bytes((unsigned char *)&number, sizeof(number)) == 1 &&
		ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate),
			number >> 1 | 1) == 1 &&
		ASN1_TIME_set(X509_getm_notBefore(certificate),
			(time_t)(now - DAY)) &&
		ASN1_TIME_set(
			X509_getm_notAfter(certificate), (time_t)(now + DAY));
}

/* An OCTET STRING of 32 bytes, what the extension's own holds. */
static bool write_digest(
	const char *key_authorization, unsigned char value[static VALUE_SIZE])
{
	value[0] = V_ASN1_OCTET_STRING;
	value[1] = DIGEST_SIZE;
	return EVP_Digest(key_authorization, strlen(key_authorization),
		       value + 2, NULL, EVP_sha256(), NULL) == 1;
}

static bool add_identifier(X509 *certificate, const char *key_authorization)
{
	unsigned char value[VALUE_SIZE];
	cleanup(object) ASN1_OBJECT *object = OBJ_txt2obj(ACME_IDENTIFIER, 1);
	cleanup(octets) ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();

	if (!object || !octets || !write_digest(key_authorization, value) ||
		ASN1_OCTET_STRING_set(octets, value, sizeof(value)) != 1)
		return false;
	cleanup(extension) X509_EXTENSION *extension =
		X509_EXTENSION_create_by_OBJ(NULL, object, 1, octets);
	return extension && X509_add_ext(certificate, extension, -1) == 1;
}

/* Exactly one name, and not of the other kind (RFC 8737 section 3). */
static bool add_name(X509 *certificate, const struct identifier *identifier)
{
	cleanup(general_names) GENERAL_NAMES *names =
		alternative_names_new(identifier, 1);

	return names &&
		X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0,
			X509V3_ADD_DEFAULT) == 1;
}

bool tls_alpn_is_answer(const X509 *certificate)
{
	cleanup(object) ASN1_OBJECT *object = OBJ_txt2obj(ACME_IDENTIFIER, 1);

	return object && X509_get_ext_by_OBJ(certificate, object, -1) >= 0;
}

bool tls_alpn_answers(const X509 *certificate, const char *key_authorization)
{
	unsigned char wanted[VALUE_SIZE];
	cleanup(object) ASN1_OBJECT *object = OBJ_txt2obj(ACME_IDENTIFIER, 1);
	int place = object ? X509_get_ext_by_OBJ(certificate, object, -1) : -1;

	if (place < 0 || !write_digest(key_authorization, wanted))
		return false;
	const ASN1_OCTET_STRING *value =
		X509_EXTENSION_get_data(X509_get_ext(certificate, place));
	return ASN1_STRING_length(value) == VALUE_SIZE &&
		memcmp(ASN1_STRING_get0_data(value), wanted, VALUE_SIZE) == 0;
}

X509 *tls_alpn_certificate(EVP_PKEY *key, const struct identifier *identifier,
	const char *key_authorization, int64_t now, struct error *err)
{
	cleanup(x509) X509 *certificate = X509_new();

	if (identifier_is_wildcard(identifier)) {
		fail(err, ERROR_REFUSED,
			"tls-alpn-01 cannot validate the wildcard '%s'",
			identifier->value);
		return NULL;
	}
	if (!certificate || X509_set_version(certificate, VERSION_3) != 1 ||
		!set_numbers(certificate, now) || !set_name(certificate) ||
		X509_set_pubkey(certificate, key) != 1 ||
		!add_name(certificate, identifier) ||
		!add_identifier(certificate, key_authorization) ||
		X509_sign(certificate, key, EVP_sha256()) <= 0) {
		fail_crypto(err, ERROR_LOCAL,
			"cannot make a certificate for a challenge");
		return NULL;
	}
	return take(certificate);
}
