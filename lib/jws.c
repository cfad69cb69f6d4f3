/* SPDX-License-Identifier: MIT */
#include "jws.h"

#include "base64url.h"
#include "crypto_error.h"
#include "json.h"
#include "key.h"
#include "mem.h"
#include "text.h"

#include <openssl/ec.h>

/* The signature of RSA 4096; ECDSA in DER is shorter. */
#define SIGNATURE_MAX 512

static const struct {
	const char *name;
	const char *digest;
	int half; /* bytes of R and of S, 0 for RSA */
} ALGORITHMS[KEY_TYPES] = {
	[KEY_ECDSA_P256] = {"ES256", "SHA256", 32},
	[KEY_ECDSA_P384] = {"ES384", "SHA384", 48},
	[KEY_RSA_2048] = {"RS256", "SHA256", 0},
	[KEY_RSA_3072] = {"RS256", "SHA256", 0},
	[KEY_RSA_4096] = {"RS256", "SHA256", 0},
	[KEY_ED25519] = {"EdDSA", NULL, 0},
};

struct signature {
	unsigned char bytes[SIGNATURE_MAX];
	size_t length;
};

DEFINE_CLEANUP(ecdsa_signature, ECDSA_SIG, ECDSA_SIG_free)

const char *jws_algorithm(const EVP_PKEY *key)
{
	enum key_type type;

	return key_type_of(key, &type) ? ALGORITHMS[type].name : NULL;
}

/* JOSE wants R and S side by side, each of full length with its leading
 * zeros, and not DER (RFC 7518 section 3.4). */
static bool flatten(struct signature *signature, int half)
{
	const unsigned char *der = signature->bytes;
	cleanup(ecdsa_signature) ECDSA_SIG *pair =
		d2i_ECDSA_SIG(NULL, &der, (long)signature->length);

	if (!pair)
		return false;
	signature->length = 2 * (size_t)half;
	return BN_bn2binpad(ECDSA_SIG_get0_r(pair), signature->bytes, half) ==
		half &&
		BN_bn2binpad(ECDSA_SIG_get0_s(pair), signature->bytes + half,
			half) == half;
}

/* Tokens want to be told the very size, and cannot copy what they have
 * begun. */
static bool sign(EVP_PKEY *key, enum key_type type, const char *input,
	struct signature *out)
{
	cleanup(md_ctx) EVP_MD_CTX *context = EVP_MD_CTX_new();
	int size = EVP_PKEY_get_size(key);

	if (!context || size <= 0 || size > SIGNATURE_MAX)
		return false;
	out->length = (size_t)size;
	EVP_MD_CTX_set_flags(context, EVP_MD_CTX_FLAG_FINALISE);
	if (EVP_DigestSignInit_ex(context, NULL, ALGORITHMS[type].digest, NULL,
		    NULL, key, NULL) != 1 ||
		EVP_DigestSign(context, out->bytes, &out->length,
			(const unsigned char *)input, strlen(input)) != 1)
		return false;
	return ALGORITHMS[type].half == 0 ||
		flatten(out, ALGORITHMS[type].half);
}

/* The protected header in base64url (RFC 8555 section 6.2). */
static char *protect(const EVP_PKEY *key, enum key_type type,
	const struct jws_header *header, struct error *err)
{
	cleanup(json) json_t *members =
		json_pack("{s:s}", "alg", ALGORITHMS[type].name);
	json_t *who =
		header->kid ? json_string(header->kid) : key_to_jwk(key, err);

	if (!who)
		return NULL;
	json_object_set_new(members, header->kid ? "kid" : "jwk", who);
	if (header->nonce)
		json_object_set_new(
			members, "nonce", json_string(header->nonce));
	json_object_set_new(members, "url", json_string(header->url));
	cleanup(string) char *text = json_write(members);
	char *encoded = text ? base64url_encode(text, strlen(text)) : NULL;
	if (!encoded)
		fail_memory(err);
	return encoded;
}

char *jws_sign(EVP_PKEY *key, const struct jws_header *header,
	const char *payload, struct error *err)
{
	enum key_type type;
	struct signature signature;

	if (!key_type_of(key, &type)) {
		fail(err, ERROR_REFUSED, "key cannot sign for ACME");
		return NULL;
	}
	cleanup(string) char *head = protect(key, type, header, err);
	if (!head)
		return NULL;
	cleanup(string) char *body = base64url_encode(payload, strlen(payload));
	cleanup(string) char *input =
		body ? text_format("%s.%s", head, body) : NULL;
	if (!input || !sign(key, type, input, &signature)) {
		fail_crypto(err, ERROR_LOCAL, "cannot sign");
		return NULL;
	}
	cleanup(string) char *mark =
		base64url_encode(signature.bytes, signature.length);
	char *jws = mark
		? text_format("{\"protected\":\"%s\",\"payload\":\"%s\","
			      "\"signature\":\"%s\"}",
			  head, body, mark)
		: NULL;
	if (!jws)
		fail_memory(err);
	return jws;
}
