/* SPDX-License-Identifier: MIT */
#include "key.h"

#include "base64url.h"
#include "crypto_error.h"
#include "json.h"
#include "mem.h"
#include "text.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/decoder.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pemerr.h>
#include <openssl/provider.h>
#include <openssl/x509.h>
#include <stdio.h>

#define PEM_MAX 65536

/* The largest coordinate is of P-384, the largest modulus of RSA 4096. */
#define NUMBER_MAX 512

#define ED25519 "ED25519"
#define ED25519_SIZE 32

static const struct {
	const char *name;
	const char *algorithm; /* of libcrypto */
	const char *curve; /* JWK, and an alias in libcrypto */
	size_t bits;
} TYPES[KEY_TYPES] = {
	[KEY_ECDSA_P256] = {"ecdsa-p256", "EC", "P-256", 256},
	[KEY_ECDSA_P384] = {"ecdsa-p384", "EC", "P-384", 384},
	[KEY_RSA_2048] = {"rsa-2048", "RSA", NULL, 2048},
	[KEY_RSA_3072] = {"rsa-3072", "RSA", NULL, 3072},
	[KEY_RSA_4096] = {"rsa-4096", "RSA", NULL, 4096},
	[KEY_ED25519] = {"ed25519", ED25519, NULL, 256},
};

const char *key_type_name(enum key_type type)
{
	return TYPES[type].name;
}

bool key_type_parse(const char *name, enum key_type *type)
{
	for (int i = 0; i < KEY_TYPES; i++) {
		if (!streq(name, TYPES[i].name))
			continue;
		*type = (enum key_type)i;
		return true;
	}
	return false;
}

EVP_PKEY *key_generate(enum key_type type, struct error *err)
{
	EVP_PKEY *key = NULL;

	if (type == KEY_ED25519)
		key = EVP_PKEY_Q_keygen(NULL, NULL, ED25519);
	else if (TYPES[type].curve)
		key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", TYPES[type].curve);
	else
		key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", TYPES[type].bits);

	if (!key)
		fail_crypto(err, ERROR_LOCAL, "cannot make a key");
	return key;
}

/* P-256 and P-384 are the curves of their size; others have other names. */
static bool is_our_curve(const EVP_PKEY *key, const char *curve)
{
	char group[80];
	size_t length;

	return EVP_PKEY_get_group_name(key, group, sizeof(group), &length) ==
		1 &&
		OBJ_txt2nid(group) == EC_curve_nist2nid(curve);
}

bool key_type_of(const EVP_PKEY *key, enum key_type *type)
{
	for (int i = 0; i < KEY_TYPES; i++) {
		if (!EVP_PKEY_is_a(key, TYPES[i].algorithm) ||
			(size_t)EVP_PKEY_get_bits(key) != TYPES[i].bits)
			continue;
		if (TYPES[i].curve && !is_our_curve(key, TYPES[i].curve))
			continue;
		*type = (enum key_type)i;
		return true;
	}
	return false;
}

const EVP_MD *key_digest(const EVP_PKEY *key)
{
	enum key_type type;

	if (!key_type_of(key, &type))
		return EVP_sha256();
	if (type == KEY_ED25519)
		return NULL;
	return type == KEY_ECDSA_P384 ? EVP_sha384() : EVP_sha256();
}

/* The buffer of a secure BIO is wiped with it. */
char *key_to_pem(const EVP_PKEY *key, struct error *err)
{
	cleanup(bio) BIO *bio = BIO_new(BIO_s_secmem());
	char *data = NULL;

	if (!bio ||
		PEM_write_bio_PKCS8PrivateKey(
			bio, key, NULL, NULL, 0, NULL, NULL) != 1) {
		fail_crypto(err, ERROR_LOCAL, "cannot write a key");
		return NULL;
	}
	long length = BIO_get_mem_data(bio, &data);
	char *pem = strndup(data, (size_t)length);
	if (!pem)
		fail_memory(err);
	return pem;
}

void key_pem_free(char *pem)
{
	if (pem)
		OPENSSL_cleanse(pem, strlen(pem));
	free(pem);
}

char *key_pem_join(const char *key_pem, const char *rest)
{
	size_t size = strlen(key_pem) + strlen(rest) + 1;
	char *both = mem_new(size);

	snprintf(both, size, "%s%s", key_pem, rest);
	return both;
}

/* Without a callback libcrypto asks on the terminal. */
static int refuse_passphrase(char *buffer, int size, int writing, void *data)
{
	(void)buffer;
	(void)size;
	(void)writing;
	(void)data;
	return -1;
}

/* Was the last failure of libcrypto that nobody gave a passphrase? */
static bool is_encrypted(void)
{
	unsigned long code;
	bool found = false;

	while ((code = ERR_get_error()))
		if (ERR_GET_LIB(code) == ERR_LIB_PEM &&
			ERR_GET_REASON(code) == PEM_R_BAD_PASSWORD_READ)
			found = true;
	return found;
}

/* OpenSSL 3.0 sets up the decoders of all types that it is not told: that
 * takes three times as long as the decoding of a key of the usual type. */
static EVP_PKEY *usual_key(const char *pem, size_t length)
{
	const unsigned char *data = (const unsigned char *)pem;
	EVP_PKEY *key = NULL;
	OSSL_DECODER_CTX *decoder = OSSL_DECODER_CTX_new_for_pkey(&key, "PEM",
		"PrivateKeyInfo", "EC", EVP_PKEY_KEYPAIR, NULL, NULL);

	if (decoder)
		OSSL_DECODER_from_data(decoder, &data, &length);
	OSSL_DECODER_CTX_free(decoder);
	return key;
}

EVP_PKEY *key_from_pem(const char *pem, size_t length, struct error *err)
{
	if (length > PEM_MAX) {
		fail(err, ERROR_LOCAL, "private key is too large");
		return NULL;
	}
	cleanup(bio) BIO *bio = BIO_new_mem_buf(pem, (int)length);
	if (!bio) {
		fail_memory(err);
		return NULL;
	}
	EVP_PKEY *key = usual_key(pem, length);
	if (key)
		return key;
	ERR_clear_error();
	key = PEM_read_bio_PrivateKey(bio, NULL, refuse_passphrase, NULL);
	if (key)
		return key;
	if (is_encrypted())
		fail(err, ERROR_REFUSED, "private key has a passphrase");
	else
		fail(err, ERROR_LOCAL, "private key is not readable as PEM");
	return NULL;
}

/* Adds a number of the key in base64url: minimal (RFC 7518, 6.3.1), or of
 * `size` bytes with its leading zeros (section 6.2.1.2). */
static bool add_number(json_t *jwk, const char *member, const EVP_PKEY *key,
	const char *parameter, size_t size)
{
	unsigned char bytes[NUMBER_MAX];
	cleanup(bignum) BIGNUM *number = NULL;

	if (EVP_PKEY_get_bn_param(key, parameter, &number) != 1)
		return false;
	if (size == 0)
		size = (size_t)BN_num_bytes(number);
	if (size > sizeof(bytes) ||
		BN_bn2binpad(number, bytes, (int)size) != (int)size)
		return false;
	cleanup(string) char *text = base64url_encode(bytes, size);
	return text && json_object_set_new(jwk, member, json_string(text)) == 0;
}

static bool fill_ec(json_t *jwk, const EVP_PKEY *key, enum key_type type)
{
	size_t size = TYPES[type].bits / 8;

	return json_object_set_new(
		       jwk, "crv", json_string(TYPES[type].curve)) == 0 &&
		json_object_set_new(jwk, "kty", json_string("EC")) == 0 &&
		add_number(jwk, "x", key, OSSL_PKEY_PARAM_EC_PUB_X, size) &&
		add_number(jwk, "y", key, OSSL_PKEY_PARAM_EC_PUB_Y, size);
}

static bool fill_rsa(json_t *jwk, const EVP_PKEY *key)
{
	return add_number(jwk, "e", key, OSSL_PKEY_PARAM_RSA_E, 0) &&
		json_object_set_new(jwk, "kty", json_string("RSA")) == 0 &&
		add_number(jwk, "n", key, OSSL_PKEY_PARAM_RSA_N, 0);
}

/* RFC 8037 section 2. */
static bool fill_okp(json_t *jwk, const EVP_PKEY *key)
{
	unsigned char bytes[ED25519_SIZE];
	size_t size = sizeof(bytes);

	if (EVP_PKEY_get_raw_public_key(key, bytes, &size) != 1)
		return false;
	cleanup(string) char *text = base64url_encode(bytes, size);
	return text &&
		json_object_set_new(jwk, "crv", json_string("Ed25519")) == 0 &&
		json_object_set_new(jwk, "kty", json_string("OKP")) == 0 &&
		json_object_set_new(jwk, "x", json_string(text)) == 0;
}

static bool fill(json_t *jwk, const EVP_PKEY *key, enum key_type type)
{
	if (type == KEY_ED25519)
		return fill_okp(jwk, key);
	return TYPES[type].curve ? fill_ec(jwk, key, type) : fill_rsa(jwk, key);
}

/* A key in a token tells its public half only as a whole. */
static EVP_PKEY *public_half(const EVP_PKEY *key)
{
	unsigned char *der = NULL;
	int length = i2d_PUBKEY(key, &der);
	const unsigned char *at = der;
	EVP_PKEY *half = length < 0 ? NULL : d2i_PUBKEY(NULL, &at, length);

	OPENSSL_free(der);
	return half;
}

static bool is_in_token(const EVP_PKEY *key)
{
	const OSSL_PROVIDER *provider = EVP_PKEY_get0_provider(key);

	return provider && streq(OSSL_PROVIDER_get0_name(provider), "pkcs11");
}

json_t *key_to_jwk(const EVP_PKEY *key, struct error *err)
{
	cleanup(pkey) EVP_PKEY *half =
		is_in_token(key) ? public_half(key) : NULL;
	enum key_type type;

	if (half)
		key = half;
	if (!key_type_of(key, &type)) {
		fail(err, ERROR_REFUSED, "key is of a type that acmed lacks");
		return NULL;
	}
	cleanup(json) json_t *jwk = json_object();
	if (!fill(jwk, key, type)) {
		fail_crypto(err, ERROR_LOCAL, "cannot read a public key");
		return NULL;
	}
	return take(jwk);
}

bool key_thumbprint(const EVP_PKEY *key, char out[static KEY_THUMBPRINT_SIZE],
	struct error *err)
{
	unsigned char digest[32];
	cleanup(json) json_t *jwk = key_to_jwk(key, err);

	if (!jwk)
		return false;
	cleanup(string) char *text = json_write(jwk);
	if (!text ||
		!EVP_Digest(
			text, strlen(text), digest, NULL, EVP_sha256(), NULL))
		return fail_crypto(err, ERROR_LOCAL, "cannot hash a key");
	cleanup(string) char *encoded =
		base64url_encode(digest, sizeof(digest));
	if (!encoded)
		return fail_memory(err);
	memcpy(out, encoded, KEY_THUMBPRINT_SIZE);
	return true;
}

bool key_hash(
	const EVP_PKEY *key, char out[static KEY_HASH_SIZE], struct error *err)
{
	unsigned char digest[32];
	unsigned char *der = NULL;
	int length = i2d_PUBKEY(key, &der);

	if (length < 0)
		return fail_crypto(err, ERROR_LOCAL, "cannot hash a key");
	int hashed = EVP_Digest(
		der, (size_t)length, digest, NULL, EVP_sha256(), NULL);
	OPENSSL_free(der);
	if (!hashed)
		return fail_crypto(err, ERROR_LOCAL, "cannot hash a key");
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
	return true;
}
