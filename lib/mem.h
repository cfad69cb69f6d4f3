/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The cleanup attribute: a variable declared with cleanup(TYPE) is freed when
 * it goes out of scope. One line for each foreign type.
 */

#include <jansson.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Declares `static inline void cleanup_NAME(TYPE **)` on top of FREE. */
#define DEFINE_CLEANUP(name, type, free_function) \
	static inline void cleanup_##name(type **pointer) \
	{ \
		free_function(*pointer); \
	}

#define cleanup(name) __attribute__((cleanup(cleanup_##name)))

DEFINE_CLEANUP(memory, void, free)
DEFINE_CLEANUP(string, char, free)
DEFINE_CLEANUP(bytes, unsigned char, free)
DEFINE_CLEANUP(json, json_t, json_decref)
DEFINE_CLEANUP(bio, BIO, BIO_free_all)
DEFINE_CLEANUP(bignum, BIGNUM, BN_free)
DEFINE_CLEANUP(pkey, EVP_PKEY, EVP_PKEY_free)
DEFINE_CLEANUP(pkey_ctx, EVP_PKEY_CTX, EVP_PKEY_CTX_free)
DEFINE_CLEANUP(md_ctx, EVP_MD_CTX, EVP_MD_CTX_free)
DEFINE_CLEANUP(x509, X509, X509_free)
DEFINE_CLEANUP(x509_req, X509_REQ, X509_REQ_free)
DEFINE_CLEANUP(x509_name, X509_NAME, X509_NAME_free)
DEFINE_CLEANUP(x509_store, X509_STORE, X509_STORE_free)
DEFINE_CLEANUP(general_names, GENERAL_NAMES, GENERAL_NAMES_free)
DEFINE_CLEANUP(authority_key, AUTHORITY_KEYID, AUTHORITY_KEYID_free)

/* Zeroed memory for what cannot fail; without any the program ends. */
static inline void *mem_new(size_t size)
{
	void *memory = calloc(1, size);

	if (!memory)
		abort();
	return memory;
}

/* A copy of a string, or NULL for NULL; without memory the program ends. */
static inline char *mem_string(const char *string)
{
	if (!string)
		return NULL;
	size_t size = strlen(string) + 1;
	return memcpy(mem_new(size), string, size);
}

/* A new formatted string; without memory the program ends. */
static inline char *mem_format(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
static inline char *mem_format(const char *format, ...)
{
	va_list arguments;
	char *string = NULL;

	va_start(arguments, format);
	if (vasprintf(&string, format, arguments) < 0)
		abort();
	va_end(arguments);
	return string;
}

/* The same array with room for `count` members of `size` bytes; without
 * memory the program ends. */
static inline void *mem_resize(void *array, size_t count, size_t size)
{
	void *grown = reallocarray(array, count, size);

	if (!grown)
		abort();
	return grown;
}

/* Gives the value away: the variable no longer owns it. */
#define take(pointer) \
	({ \
		__typeof__(pointer) taken_ = (pointer); \
		(pointer) = NULL; \
		taken_; \
	})
