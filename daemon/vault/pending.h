/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The CSRs that were made in this run: finalize is signed for no other. One
 * for each certificate, and one for its dry run, whose key is here only.
 */

#include "vault.h"

/* Notes a CSR and its key in the place of an older one. An account's key is
 * refused (RFC 8555 section 11.1). */
bool pending_add(struct vault *vault, const char *name, bool is_dry,
	const char *csr, EVP_PKEY *key, struct error *err);
void pending_drop(struct vault *vault, const char *name, bool is_dry);
void pending_clear(struct vault *vault);

/* The key of a dry run: owned, or NULL. */
EVP_PKEY *pending_key(struct vault *vault, const char *name);

/* Was this CSR made here, for a certificate of this CA? (a payload_context's
 * is_own_csr; data is the vault) */
bool pending_is_own(void *data, const struct config_ca *ca, const char *csr);
