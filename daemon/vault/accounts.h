/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The account keys and URLs: accounts/CA/ and, for a dry run,
 * accounts/CA+staging/, each with key.pem and account.json.
 */

#include "vault.h"

#define ACCOUNT_KEY "key.pem"
#define ACCOUNT_NEXT_KEY "key.next.pem"
#define ACCOUNT_OLD_KEY "key.old.pem"

struct account_wanted {
	const struct config_ca *ca; /* borrowed */
	bool is_staging;
};

/* Reads "ca" and "staging" of a request; the CA must be configured. */
bool account_wanted_read(const struct vault *vault, const json_t *request,
	struct account_wanted *out, struct error *err);

/* The key of an account that there is; borrowed until accounts_clear(). NULL
 * with err. */
EVP_PKEY *account_key(struct vault *vault, const struct account_wanted *wanted,
	struct error *err);

/* Of an account whose account_key() was found: the key that a change is to
 * bring, or NULL; borrowed likewise. */
EVP_PKEY *account_next_key(
	const struct vault *vault, const struct account_wanted *wanted);

/* Is it the key of an account that was used in this run, or to be one? */
bool account_has_key(const struct vault *vault, const EVP_PKEY *key);

/* "accounts/CA". */
void account_folder(
	char out[static VAULT_PATH_MAX], const struct account_wanted *wanted);

/* Its files have changed: they are read anew. */
void account_forget(struct vault *vault, const struct account_wanted *wanted);

/* Of an account whose account_key() was found: the URL that was saved, or
 * NULL; borrowed likewise. */
const char *account_saved_url(
	const struct vault *vault, const struct account_wanted *wanted);

/* Those that were saved before it: an array, or NULL; borrowed likewise. */
const json_t *account_former_urls(
	const struct vault *vault, const struct account_wanted *wanted);

/* The verbs `account` and `account-save`. */
json_t *account_open(
	struct vault *vault, const json_t *request, struct error *err);
json_t *account_save(
	struct vault *vault, const json_t *request, struct error *err);

/* Forgets what is held in memory. */
void accounts_clear(struct vault *vault);
