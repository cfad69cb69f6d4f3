/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The key in archive/NAME/next/, or the request of a user in its place, whose
 * key is elsewhere.
 */

#include "vault.h"

#define NEXT_KEY_FILE "privkey.pem"

/* The folder of what is in flight: its descriptor, or -1 with err. */
int next_open(struct vault *vault, const char *name, struct error *err);
int next_make(struct vault *vault, const char *name, struct error *err);

/* The key that was made here: owned. NULL with err, of kind ERROR_NONE when
 * there is none, or a damaged one. */
EVP_PKEY *next_own_key(int folder, struct error *err);

/* The same, or what is public of the key of a request. */
EVP_PKEY *next_any_key(int folder, struct error *err);

/* The request of a user, in base64url: owned, or NULL where the key is ours.
 */
char *next_request(struct vault *vault, const char *name);

/* The key that a chain has to fit (of a request what is public): owned. NULL
 * with err. */
EVP_PKEY *next_key(
	struct vault *vault, const char *name, bool is_dry, struct error *err);
