/* SPDX-License-Identifier: MIT */
#include "known_key.h"

#include "base64url.h"
#include "mem.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>

#define POINT_MAX 97

static BIGNUM *number(const char *text)
{
	size_t length;
	cleanup(bytes) unsigned char *bytes = base64url_decode(text, &length);

	return BN_bin2bn(bytes, (int)length, NULL);
}

static EVP_PKEY *build(
	const char *algorithm, int selection, OSSL_PARAM_BLD *builder)
{
	cleanup(pkey_ctx) EVP_PKEY_CTX *context =
		EVP_PKEY_CTX_new_from_name(NULL, algorithm, NULL);
	OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(builder);
	EVP_PKEY *key = NULL;

	EVP_PKEY_fromdata_init(context);
	EVP_PKEY_fromdata(context, &key, selection, parameters);
	OSSL_PARAM_free(parameters);
	OSSL_PARAM_BLD_free(builder);
	return key;
}

EVP_PKEY *known_ec_key(const char *curve, const char *x, const char *y)
{
	unsigned char point[POINT_MAX] = {POINT_CONVERSION_UNCOMPRESSED};
	size_t size;
	cleanup(bytes) unsigned char *first = base64url_decode(x, &size);
	cleanup(bytes) unsigned char *second = base64url_decode(y, &size);
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();

	memcpy(point + 1, first, size);
	memcpy(point + 1 + size, second, size);
	OSSL_PARAM_BLD_push_utf8_string(
		builder, OSSL_PKEY_PARAM_GROUP_NAME, curve, 0);
	OSSL_PARAM_BLD_push_octet_string(
		builder, OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * size);
	return build("EC", EVP_PKEY_PUBLIC_KEY, builder);
}

EVP_PKEY *known_rsa_key(const char *n, const char *e, const char *d)
{
	cleanup(bignum) BIGNUM *modulus = number(n);
	cleanup(bignum) BIGNUM *exponent = number(e);
	cleanup(bignum) BIGNUM *secret = d ? number(d) : NULL;
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();

	OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus);
	OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent);
	if (d)
		OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_D, secret);
	return build(
		"RSA", d ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, builder);
}

EVP_PKEY *known_rsa_pair(void)
{
	return known_rsa_key(RFC7515_N, "AQAB", RFC7515_D);
}

/* R and S side by side become the DER that libcrypto knows. */
static size_t to_der(
	const unsigned char *raw, size_t length, unsigned char *der)
{
	ECDSA_SIG *pair = ECDSA_SIG_new();
	int half = (int)length / 2;

	ECDSA_SIG_set0(pair, BN_bin2bn(raw, half, NULL),
		BN_bin2bn(raw + half, half, NULL));
	int written = i2d_ECDSA_SIG(pair, &der);
	ECDSA_SIG_free(pair);
	return (size_t)written;
}

bool known_signature_fits(EVP_PKEY *key, const char *digest, const char *input,
	const char *signature)
{
	unsigned char der[512];
	size_t length;
	cleanup(bytes) unsigned char *raw =
		base64url_decode(signature, &length);
	cleanup(md_ctx) EVP_MD_CTX *context = EVP_MD_CTX_new();

	if (!raw || length > sizeof(der))
		return false;
	if (EVP_PKEY_is_a(key, "EC"))
		length = to_der(raw, length, der);
	else
		memcpy(der, raw, length);
	return EVP_DigestVerifyInit_ex(
		       context, NULL, digest, NULL, NULL, key, NULL) == 1 &&
		EVP_DigestVerify(context, der, length,
			(const unsigned char *)input, strlen(input)) == 1;
}
