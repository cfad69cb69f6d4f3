/* SPDX-License-Identifier: MIT */
#include "csr.h"

#include "alternative_names.h"
#include "base64url.h"
#include "crypto_error.h"
#include "key.h"
#include "mem.h"

#include <openssl/x509.h>

#define VERSION_1 0

static void free_extensions(X509_EXTENSIONS *extensions)
{
	sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}

DEFINE_CLEANUP(extensions, X509_EXTENSIONS, free_extensions)

static bool add_names(
	X509_REQ *request, const struct identifier *identifiers, size_t count)
{
	cleanup(extensions) X509_EXTENSIONS *extensions = NULL;
	cleanup(general_names) GENERAL_NAMES *names =
		alternative_names_new(identifiers, count);

	return names &&
		X509V3_add1_i2d(&extensions, NID_subject_alt_name, names, 0,
			X509V3_ADD_DEFAULT) == 1 &&
		X509_REQ_add_extensions(request, extensions) == 1;
}

static bool fill(X509_REQ *request, EVP_PKEY *key,
	const struct identifier *identifiers, size_t count)
{
	return X509_REQ_set_version(request, VERSION_1) == 1 &&
		X509_REQ_set_pubkey(request, key) == 1 &&
		add_names(request, identifiers, count) &&
		X509_REQ_sign(request, key, key_digest(key)) > 0;
}

static char *encode(X509_REQ *request)
{
	unsigned char *der = NULL;
	int length = i2d_X509_REQ(request, &der);

	if (length < 0)
		return NULL;
	char *text = base64url_encode(der, (size_t)length);
	OPENSSL_free(der);
	return text;
}

char *csr_new(EVP_PKEY *key, const struct identifier *identifiers, size_t count,
	struct error *err)
{
	enum key_type type;

	if (!key_type_of(key, &type)) {
		fail(err, ERROR_REFUSED, "key is of a type that no CA signs");
		return NULL;
	}
	if (count == 0) {
		fail(err, ERROR_REFUSED, "request has no names");
		return NULL;
	}
	cleanup(x509_req) X509_REQ *request = X509_REQ_new();
	char *text = request && fill(request, key, identifiers, count)
		? encode(request)
		: NULL;
	if (!text)
		fail_crypto(err, ERROR_LOCAL, "cannot make a request");
	return text;
}
