/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Account keys that never leave a token: by a URI (RFC 7512), through the
 * OpenSSL provider of the package pkcs11-provider.
 */

#include "error.h"

#include <openssl/evp.h>

/* Is it a URI, and not a key in PEM? */
bool token_key_is_uri(const char *text);

/* Without what is behind '?', where a PIN may stand: to be shown. Free it
 * with free(). */
char *token_key_shown(const char *uri);

/* The key that it names. NULL with err. */
EVP_PKEY *token_key_open(const char *uri, struct error *err);
