/* SPDX-License-Identifier: MIT */
#include "certificate.h"

#include "alternative_names.h"
#include "crypto_error.h"
#include "key.h"
#include "text.h"

#include <openssl/rand.h>
#include <openssl/x509v3.h>

#define NAME "acmed placeholder"
#define LIFETIME (30 * 86400)
#define VERSION_3 2

DEFINE_CLEANUP(constraints, BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free)

static bool set_name(X509 *certificate)
{
	X509_NAME *name = X509_get_subject_name(certificate);

	return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
		       (const unsigned char *)NAME, -1, -1, 0) == 1 &&
		X509_set_issuer_name(certificate, name) == 1;
}

static bool set_serial(X509 *certificate)
{
	uint64_t number;

	return RAND_bytes((unsigned char *)&number, sizeof(number)) == 1 &&
		ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate),
			number >> 1 | 1) == 1;
}

static bool set_dates(X509 *certificate, int64_t now)
{
	return ASN1_TIME_set(X509_getm_notBefore(certificate), (time_t)now) &&
		ASN1_TIME_set(X509_getm_notAfter(certificate),
			(time_t)(now + LIFETIME - 1));
}

static bool set_extensions(
	X509 *certificate, const struct identifier *identifiers, size_t count)
{
	cleanup(constraints) BASIC_CONSTRAINTS *constraints =
		BASIC_CONSTRAINTS_new();
	cleanup(general_names) GENERAL_NAMES *names =
		alternative_names_new(identifiers, count);

	return constraints && names &&
		X509_add1_ext_i2d(certificate, NID_basic_constraints,
			constraints, 1, X509V3_ADD_DEFAULT) == 1 &&
		X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0,
			X509V3_ADD_DEFAULT) == 1;
}

X509 *certificate_make_placeholder(EVP_PKEY *key,
	const struct identifier *identifiers, size_t count, int64_t now,
	struct error *err)
{
	cleanup(x509) X509 *certificate = X509_new();

	if (!certificate || X509_set_version(certificate, VERSION_3) != 1 ||
		!set_serial(certificate) || !set_name(certificate) ||
		!set_dates(certificate, now) ||
		X509_set_pubkey(certificate, key) != 1 ||
		!set_extensions(certificate, identifiers, count) ||
		X509_sign(certificate, key, key_digest(key)) <= 0) {
		fail_crypto(err, ERROR_LOCAL, "cannot make a placeholder");
		return NULL;
	}
	return take(certificate);
}

bool certificate_is_placeholder(const struct certificate_facts *facts)
{
	return facts->self_signed && streq(facts->issuer, "CN=" NAME);
}
