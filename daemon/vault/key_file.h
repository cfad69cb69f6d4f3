/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A private key in a file of its own, as PEM that only the vault may read.
 */

#include "error.h"

#include <openssl/evp.h>

#define KEY_FILE_MAX 16384

/* NULL with err, whose kind is ERROR_NONE when there is no such file. */
EVP_PKEY *key_file_read(int folder, const char *name, struct error *err);

/* Writes or replaces it as one step that lasts. */
bool key_file_write(
	int folder, const char *name, const EVP_PKEY *key, struct error *err);
