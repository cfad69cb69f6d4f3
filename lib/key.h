/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Private keys: making, reading, writing, and what JOSE says of them
 * (RFC 7517, RFC 7518, RFC 7638, RFC 8037). Keys are EVP_PKEY, owned by whoever got it.
 */

#include "error.h"

#include <jansson.h>
#include <openssl/evp.h>

enum key_type {
	KEY_ECDSA_P256,
	KEY_ECDSA_P384,
	KEY_RSA_2048,
	KEY_RSA_3072,
	KEY_RSA_4096,
	KEY_ED25519,
};

#define KEY_TYPES 6

/* "ecdsa-p256", "rsa-2048", ... as in the configuration. */
const char *key_type_name(enum key_type type);
bool key_type_parse(const char *name, enum key_type *type);

/* A new key; RSA takes from 0.2 to several seconds. NULL with err. */
EVP_PKEY *key_generate(enum key_type type, struct error *err);

/* Which of our types is it? */
bool key_type_of(const EVP_PKEY *key, enum key_type *type);

/* The digest to sign certificates and requests with; NULL where the algorithm
 * has its own (RFC 8410). */
const EVP_MD *key_digest(const EVP_PKEY *key);

/* PKCS#8 PEM without encryption; free it with key_pem_free(), which wipes. */
char *key_to_pem(const EVP_PKEY *key, struct error *err);
void key_pem_free(char *pem);

/* A key and what follows it in a file. In one allocation, so that no other
 * memory gets a piece of it; free it with key_pem_free(). Never NULL. */
char *key_pem_join(const char *key_pem, const char *rest);

/* Reads a private key in PEM; never asks for a passphrase. */
EVP_PKEY *key_from_pem(const char *pem, size_t length, struct error *err);

/* Public JWK, required members only, in the order of RFC 7638. EC coordinates
 * keep their leading zeros (RFC 7518 section 6.2.1.2). A new reference. */
json_t *key_to_jwk(const EVP_PKEY *key, struct error *err);

/* SHA-256 thumbprint (RFC 7638) in base64url, 43 characters. */
#define KEY_THUMBPRINT_SIZE 44
bool key_thumbprint(const EVP_PKEY *key, char out[static KEY_THUMBPRINT_SIZE],
	struct error *err);

/* SHA-256 over the SubjectPublicKeyInfo, in lower-case hex. */
#define KEY_HASH_SIZE 65
bool key_hash(
	const EVP_PKEY *key, char out[static KEY_HASH_SIZE], struct error *err);
