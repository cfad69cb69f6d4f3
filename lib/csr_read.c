/* SPDX-License-Identifier: MIT */
#include "csr_read.h"

#include "alternative_names.h"
#include "base64url.h"
#include "key.h"
#include "mem.h"
#include "text.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdio.h>

#define NAME_MAX_BYTES 256

static void free_extensions(X509_EXTENSIONS *extensions)
{
	sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}

DEFINE_CLEANUP(extensions, X509_EXTENSIONS, free_extensions)

static bool refuse(struct error *err, const char *reason)
{
	return fail_cause(err, ERROR_REFUSED, "K7", "the request %s", reason);
}

static X509_REQ *parse(const char *bytes, size_t length)
{
	cleanup(bio) BIO *bio = BIO_new_mem_buf(bytes, (int)length);
	const unsigned char *der = (const unsigned char *)bytes;
	X509_REQ *request =
		bio ? PEM_read_bio_X509_REQ(bio, NULL, NULL, NULL) : NULL;

	if (!request)
		request = d2i_X509_REQ(NULL, &der, (long)length);
	ERR_clear_error();
	return request;
}

/* RSA with another exponent is refused as weak (F04). */
static bool has_usual_exponent(const EVP_PKEY *key)
{
	cleanup(bignum) BIGNUM *exponent = NULL;

	return EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA ||
		(EVP_PKEY_get_bn_param(key, "e", &exponent) &&
			BN_is_word(exponent, RSA_F4));
}

static bool check_key(X509_REQ *request, struct csr *out, struct error *err)
{
	EVP_PKEY *key = X509_REQ_get_pubkey(request);
	enum key_type type;

	out->key = key;
	if (key && key_type_of(key, &type) && has_usual_exponent(key))
		return true;
	ERR_clear_error();
	return refuse(err, "has a key that no CA signs");
}

/* With a digest that CAs take (F04); Ed25519 has its own. */
static bool check_signature(
	X509_REQ *request, const struct csr *csr, struct error *err)
{
	int digest = NID_undef;

	OBJ_find_sigid_algs(X509_REQ_get_signature_nid(request), &digest, NULL);
	if (digest != NID_undef && digest != NID_sha256 &&
		digest != NID_sha384 && digest != NID_sha512)
		return fail_cause(err, ERROR_REFUSED, "K7",
			"the request is signed with %s, which no CA takes",
			OBJ_nid2sn(digest));
	if (X509_REQ_verify(request, csr->key) == 1)
		return true;
	ERR_clear_error();
	return refuse(err, "is not signed by its own key");
}

/* Only what we could have asked for ourselves (F04). */
static bool check_names(
	const GENERAL_NAMES *names, const struct csr *csr, struct error *err)
{
	if (!names || csr->identifier_count == 0)
		return refuse(err, "has no names in subjectAltName");
	if ((size_t)sk_GENERAL_NAME_num(names) != csr->identifier_count)
		return refuse(err,
			"has names that are neither of DNS nor IP addresses");
	return true;
}

/* One in the subject has to be among the others. */
static bool check_common_name(
	X509_REQ *request, const struct csr *csr, struct error *err)
{
	char text[NAME_MAX_BYTES];
	struct identifier name;
	X509_NAME *subject = X509_REQ_get_subject_name(request);

	if (X509_NAME_get_text_by_NID(
		    subject, NID_commonName, text, sizeof(text)) < 0)
		return true;
	if (identifier_parse(text, &name, NULL) &&
		identifier_is_in(
			csr->identifiers, csr->identifier_count, &name))
		return true;
	return refuse(err, "has a common name that is none of its names");
}

static bool read_extensions(
	X509_REQ *request, struct csr *out, struct error *err)
{
	cleanup(extensions) X509_EXTENSIONS *extensions =
		X509_REQ_get_extensions(request);
	cleanup(general_names) GENERAL_NAMES *names =
		X509V3_get_d2i(extensions, NID_subject_alt_name, NULL, NULL);

	ERR_clear_error();
	out->wants_staple =
		X509v3_get_ext_by_NID(extensions, NID_tlsfeature, -1) >= 0;
	return alternative_names_list(
		       names, &out->identifiers, &out->identifier_count, err) &&
		check_names(names, out, err);
}

static bool encode(X509_REQ *request, struct csr *out, struct error *err)
{
	unsigned char *der = NULL;
	int length = i2d_X509_REQ(request, &der);

	if (length > 0)
		out->encoded = base64url_encode(der, (size_t)length);
	OPENSSL_free(der);
	return out->encoded || fail_memory(err);
}

bool csr_read(
	const char *bytes, size_t length, struct csr *out, struct error *err)
{
	*out = (struct csr){0};
	cleanup(x509_req) X509_REQ *request =
		length <= CSR_MAX ? parse(bytes, length) : NULL;

	if (!request)
		return refuse(err, "is none, neither in PEM nor in DER");
	if (check_key(request, out, err) &&
		check_signature(request, out, err) &&
		read_extensions(request, out, err) &&
		check_common_name(request, out, err) &&
		encode(request, out, err))
		return true;
	csr_clear(out);
	return false;
}

void csr_clear(struct csr *csr)
{
	free(csr->encoded);
	EVP_PKEY_free(csr->key);
	free(csr->identifiers);
	*csr = (struct csr){0};
}

/* Other forms of what was read. */

bool csr_decode(const char *encoded, struct csr *out, struct error *err)
{
	size_t length = 0;
	cleanup(bytes) unsigned char *bytes =
		base64url_decode(encoded, &length);

	*out = (struct csr){0};
	return bytes ? csr_read((const char *)bytes, length, out, err)
		     : refuse(err, "is none, neither in PEM nor in DER");
}

char *csr_to_pem(const char *encoded, struct error *err)
{
	size_t length = 0;
	cleanup(bytes) unsigned char *bytes =
		base64url_decode(encoded, &length);
	cleanup(bio) BIO *bio = BIO_new(BIO_s_mem());
	char *pem = NULL;

	if (bytes && bio &&
		PEM_write_bio(bio, PEM_STRING_X509_REQ, "", bytes,
			(long)length) > 0 &&
		BIO_write(bio, "", 1) == 1 && BIO_get_mem_data(bio, &pem) > 0)
		return mem_string(pem);
	fail_memory(err);
	return NULL;
}

void csr_hash(const char *encoded, char out[static CSR_HASH_SIZE])
{
	size_t length = 0;
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned size = 0;
	cleanup(bytes) unsigned char *bytes =
		base64url_decode(encoded, &length);

	*out = '\0';
	if (!bytes ||
		!EVP_Digest(bytes, length, digest, &size, EVP_sha256(), NULL))
		return;
	for (unsigned i = 0; i < size && 2 * i + 2 < CSR_HASH_SIZE; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}
