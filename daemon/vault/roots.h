/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The roots that a certificate of a CA must lead to (P12): those of
 * RootFile=, the system's for a known CA, any for one of your own. Read when
 * they are first needed and again when the file has changed.
 */

#include "vault.h"

#include <openssl/x509.h>

/* Into *out the store, borrowed until roots_clear(), or NULL: any root will
 * do. False with err when the file cannot be read. */
bool roots_of(struct vault *vault, const struct config_ca *ca, X509_STORE **out,
	struct error *err);

void roots_clear(struct vault *vault);
