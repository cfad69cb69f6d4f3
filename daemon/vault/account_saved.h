/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What is known of an account at its CA, as account.json beside its key:
 * {"schema", "url", "directory", "contacts", "closed", "former", "terms"}.
 * `former` are the URLs that it had before: the loop names them, and might lie.
 */

#include "vault.h"

#define ACCOUNT_SAVED "account.json"

/* A new reference, or NULL in `out` when there is none, or none that is sound.
 * False with err when it cannot be seen. */
bool account_saved_read(int folder, json_t **out, struct error *err);

/* From a request `account-save`; `before` may be NULL. A new reference, or
 * NULL with err. */
json_t *account_saved_make(const json_t *request, const struct config_ca *ca,
	const json_t *before, struct error *err);

bool account_saved_write(struct vault *vault, const char *path,
	const json_t *saved, struct error *err);

/* The contacts of the configuration: a new reference. */
json_t *account_saved_contacts(const struct config_ca *ca);
