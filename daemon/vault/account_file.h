/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The files of one account: keys in PEM, or the URI of a key in a token.
 */

#include "config.h"
#include "vault.h"

/* NULL with err. */
EVP_PKEY *account_file_read(int folder, const char *name, struct error *err);

/* The URI of a key in a token, without what may be secret: owned, or NULL
 * where the key is in the file. */
char *account_file_token(int folder, const char *name);

/* The key that AccountKey= wants: made, or found in its token. NULL with err,
 * and maybe wants_key set (vault_make_key()). */
EVP_PKEY *account_file_make_key(
	struct vault *vault, const struct config_ca *ca, struct error *err);

/* Writes such a key, or what names it. */
bool account_file_write(int folder, const char *name,
	const struct config_ca *ca, const EVP_PKEY *key, struct error *err);

/* One takes the place of another, or is put beside it. */
bool account_file_copy(
	int folder, const char *from, const char *to, struct error *err);
