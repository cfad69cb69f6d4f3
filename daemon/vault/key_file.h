/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A private key in a file of its own, as PEM that only the vault may read.
 */

#include "error.h"

#include <openssl/evp.h>

#define KEY_FILE_MAX 16384

/* Writes or replaces it as one step that lasts. */
bool key_file_write(
	int folder, const char *name, const EVP_PKEY *key, struct error *err);
