/* SPDX-License-Identifier: MIT */
#include "token_key.h"

#include "mem.h"
#include "text.h"

#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/store.h>
#include <stdlib.h>

#define SCHEME "pkcs11:"
#define MODULE "module-path="

DEFINE_CLEANUP(store, OSSL_STORE_CTX, OSSL_STORE_close)

bool token_key_is_uri(const char *text)
{
	return text_starts_with(text, SCHEME);
}

char *token_key_shown(const char *uri)
{
	return strndup(uri, strcspn(uri, "?\n"));
}

/* The provider learns of the token's module by the environment, or from
 * openssl.cnf. */
static void name_module(const char *uri)
{
	const char *path = strstr(uri, MODULE);

	if (!path)
		return;
	path += strlen(MODULE);
	cleanup(string) char *module = strndup(path, strcspn(path, "&;"));
	if (module)
		setenv("PKCS11_PROVIDER_MODULE", module, 0);
}

/* Once; it stays. All but the keys of tokens goes by the default provider. */
static bool load_provider(const char *uri, struct error *err)
{
	static bool is_loaded;

	if (is_loaded)
		return true;
	name_module(uri);
	if (!OSSL_PROVIDER_load(NULL, "default") ||
		!OSSL_PROVIDER_load(NULL, "pkcs11")) {
		ERR_clear_error();
		return fail_cause(err, ERROR_LOCAL, "L11",
			"OpenSSL has no provider 'pkcs11': install the "
			"package pkcs11-provider");
	}
	EVP_set_default_properties(NULL, "?provider=default");
	is_loaded = true;
	return true;
}

/* Takes the next thing out of the store: a private key, or something else. */
static EVP_PKEY *next_key(OSSL_STORE_CTX *store)
{
	OSSL_STORE_INFO *info = OSSL_STORE_load(store);
	EVP_PKEY *key = NULL;

	if (info && OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY)
		key = OSSL_STORE_INFO_get1_PKEY(info);
	OSSL_STORE_INFO_free(info);
	return key;
}

EVP_PKEY *token_key_open(const char *uri, struct error *err)
{
	EVP_PKEY *key = NULL;

	if (!load_provider(uri, err))
		return NULL;
	ERR_clear_error();
	cleanup(store) OSSL_STORE_CTX *store =
		OSSL_STORE_open(uri, NULL, NULL, NULL, NULL);
	if (store)
		OSSL_STORE_expect(store, OSSL_STORE_INFO_PKEY);
	while (store && !key && !OSSL_STORE_eof(store))
		key = next_key(store);
	ERR_clear_error();
	cleanup(string) char *shown = key ? NULL : token_key_shown(uri);
	if (!key)
		fail(err, ERROR_LOCAL,
			"no token opens with a private key '%.300s'",
			shown ? shown : "");
	return key;
}
