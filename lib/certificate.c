/* SPDX-License-Identifier: MIT */
#include "certificate.h"

#include "alternative_names.h"
#include "base64url.h"
#include "crypto_error.h"
#include "key.h"
#include "span.h"
#include "text.h"
#include "timestamp.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#define DAY 86400
#define LOOKS 2
#define NOT_COMPARED (-2) /* of X509_NAME_cmp() */

/* Tag and length of an INTEGER or OCTET STRING of up to 127 bytes. */
#define DER_HEADER 2

void certificate_facts_clear(struct certificate_facts *facts)
{
	free(facts->identifiers);
	*facts = (struct certificate_facts){0};
}

static bool refuse(struct error *err, const char *text)
{
	return fail_cause(err, ERROR_TRANSIENT, "K6", "certificate %s", text);
}

static void write_hex(char *out, const unsigned char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

/* Content octets of the serial number, a leading zero included (RFC 9773
 * section 4.1); libcrypto's own hex drops it. */
static size_t serial_octets(const X509 *leaf, unsigned char *out, size_t size)
{
	unsigned char *der = NULL;
	int length = i2d_ASN1_INTEGER(X509_get0_serialNumber(leaf), &der);
	size_t content = length > DER_HEADER ? (size_t)length - DER_HEADER : 0;

	if (content > size)
		content = 0;
	if (content)
		memcpy(out, der + DER_HEADER, content);
	OPENSSL_free(der);
	return content;
}

/* Leaves out empty when there is no key identifier of sane size. */
static bool build_ari_id(X509 *leaf, const unsigned char *serial,
	size_t serial_length, char *out, size_t size)
{
	const ASN1_OCTET_STRING *issuer = X509_get0_authority_key_id(leaf);
	int length = issuer ? ASN1_STRING_length(issuer) : 0;

	if (length == 0 || length > 64)
		return true;
	cleanup(string) char *first =
		base64url_encode(ASN1_STRING_get0_data(issuer), (size_t)length);
	cleanup(string) char *second = base64url_encode(serial, serial_length);
	if (!first || !second)
		return false;
	int written = snprintf(out, size, "%s.%s", first, second);
	if (written < 0 || (size_t)written >= size)
		out[0] = '\0';
	return true;
}

static bool read_serial(
	X509 *leaf, struct certificate_facts *out, struct error *err)
{
	unsigned char serial[(sizeof(out->serial) - 1) / 2];
	size_t length = serial_octets(leaf, serial, sizeof(serial));

	if (length == 0)
		return refuse(err, "has a serial number that is too long");
	write_hex(out->serial, serial, length);
	return build_ari_id(leaf, serial, length, out->ari_id,
		       sizeof(out->ari_id)) ||
		fail_memory(err);
}

static bool read_fingerprint(
	const X509 *leaf, struct certificate_facts *out, struct error *err)
{
	unsigned char digest[32];

	if (X509_digest(leaf, EVP_sha256(), digest, NULL) != 1)
		return fail_crypto(err, ERROR_LOCAL, "cannot hash it");
	write_hex(out->fingerprint, digest, sizeof(digest));
	return true;
}

bool certificate_read_issuer(const X509 *certificate,
	char out[CERTIFICATE_NAME_SIZE], struct error *err)
{
	cleanup(bio) BIO *bio = BIO_new(BIO_s_mem());
	char *data = NULL;

	if (!bio ||
		X509_NAME_print_ex(bio, X509_get_issuer_name(certificate), 0,
			XN_FLAG_RFC2253 &
				~(unsigned long)ASN1_STRFLGS_ESC_MSB) < 0)
		return refuse(err, "has an issuer that cannot be read");
	long length = BIO_get_mem_data(bio, &data);
	text_clean(out, CERTIFICATE_NAME_SIZE, data, (size_t)length);
	return true;
}

static bool read_dates(
	const X509 *leaf, struct certificate_facts *out, struct error *err)
{
	return (certificate_time(X509_get0_notBefore(leaf), &out->not_before) &&
		       certificate_time(
			       X509_get0_notAfter(leaf), &out->not_after)) ||
		refuse(err, "has a date that cannot be read");
}

static void read_key_type(const X509 *leaf, struct certificate_facts *out)
{
	const EVP_PKEY *key = X509_get0_pubkey(leaf);
	enum key_type type;

	if (key && key_type_of(key, &type))
		snprintf(out->key_type, sizeof(out->key_type), "%s",
			key_type_name(type));
}

/* A key that was rolled over is signed by the one before it, in its name. */
static bool has_another_key(X509 *certificate)
{
	const ASN1_OCTET_STRING *own = X509_get0_subject_key_id(certificate);
	const ASN1_OCTET_STRING *by = X509_get0_authority_key_id(certificate);
	bool is_another = own && by && ASN1_OCTET_STRING_cmp(own, by) != 0;

	ERR_clear_error();
	return is_another;
}

/* X509_self_signed() also looks whether the algorithm of the signature fits the
 * key, and takes the want of memory there for "it does not". */
bool certificate_issues_itself(
	X509 *certificate, bool *itself, struct error *err)
{
	int order = X509_NAME_cmp(X509_get_subject_name(certificate),
		X509_get_issuer_name(certificate));

	if (order == NOT_COMPARED)
		return fail_crypto(err, ERROR_LOCAL,
			"cannot see whether a certificate signs itself");
	*itself = order == 0 && !has_another_key(certificate);
	return true;
}

/* Without memory X509_verify() may say "no" as well, and a placeholder would
 * pass for a certificate of a CA: it is asked again before that is believed,
 * and not at all where somebody else is the issuer. */
static bool read_signer(
	X509 *leaf, struct certificate_facts *out, struct error *err)
{
	EVP_PKEY *key = X509_get0_pubkey(leaf);
	bool may_have = false;

	if (!certificate_issues_itself(leaf, &may_have, err))
		return false;
	for (int i = 0; key && may_have && !out->self_signed && i < LOOKS; i++)
		out->self_signed = X509_verify(leaf, key) == 1;
	return true;
}

bool certificate_read_facts(
	X509 *leaf, struct certificate_facts *out, struct error *err)
{
	*out = (struct certificate_facts){0};
	if (!read_serial(leaf, out, err) || !read_fingerprint(leaf, out, err) ||
		!certificate_read_issuer(leaf, out->issuer, err) ||
		!read_dates(leaf, out, err) || !read_signer(leaf, out, err) ||
		!alternative_names_read(
			leaf, &out->identifiers, &out->identifier_count, err)) {
		certificate_facts_clear(out);
		return false;
	}
	read_key_type(leaf, out);
	ERR_clear_error();
	return true;
}

int64_t certificate_lifetime(const struct certificate_facts *facts)
{
	return span_after(span_between(facts->not_before, facts->not_after), 1);
}

/* By our own calendar, which has the years 1 to 9999 (RFC 9773 appendix A
 * has a certificate of the year 1). */
bool certificate_time(const ASN1_TIME *time, int64_t *out)
{
	struct tm parts;

	if (!time || ASN1_TIME_to_tm(time, &parts) != 1 ||
		parts.tm_year + 1900 < 1)
		return false;
	*out = timestamp_days(
		       parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday) *
			DAY +
		parts.tm_hour * 3600 + parts.tm_min * 60 + parts.tm_sec;
	return true;
}
