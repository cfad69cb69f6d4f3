/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the vault holds while it runs. One request at a time uses it.
 */

#include "configuration.h"
#include "error.h"
#include "key.h"

#include <jansson.h>

struct known_account;
struct known_roots;
struct pending;
struct permit;
struct taking;

struct vault {
	int state; /* the state folder */
	const char *main_file; /* -c FILE, or NULL */
	struct configuration configuration;
	struct taking *taking; /* owned: under way, or NULL */
	struct known_account *accounts; /* owned list */
	struct known_roots *roots; /* owned list */
	struct pending *pending; /* owned list: CSRs that were made */
	struct permit *permits; /* owned list: what root allows */
	struct strings names; /* of `load`, sorted */

	/* A key that takes long is made in a child: the verb asks for it,
	 * fails, and is run again when it is there. */
	bool wants_key;
	enum key_type wanted;
	EVP_PKEY *made; /* owned, or NULL */
	enum key_type made_type;
};

/* Opens the state folder, locks it (L8) and makes what is missing in it. */
bool vault_open(struct vault *vault, struct error *err);
void vault_close(struct vault *vault);

/* A new key: at once, or from a child. NULL with err, and wants_key set when
 * the verb is to be run again. */
EVP_PKEY *vault_make_key(
	struct vault *vault, enum key_type type, struct error *err);

/* The member "name" of a request; NULL with err when it is no valid name. */
const char *request_name(const json_t *request, struct error *err);

/* The certificate of that name; NULL with err when none is configured. */
const struct config_certificate *vault_certificate(
	const struct vault *vault, const char *name, struct error *err);

/* "archive/NAME" and its kin, for folder_open(). */
#define VAULT_PATH_MAX 256
void vault_path(char out[static VAULT_PATH_MAX], const char *format, ...)
	__attribute__((format(printf, 2, 3)));
