/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The shapes of ACME payloads that the vault signs, and nothing else: a
 * compromised loop can spoil its own attempts, but neither revoke, nor roll
 * a key, nor close an account, nor order foreign names.
 */

#include "config.h"

struct payload_context {
	const struct config *config; /* borrowed */
	const struct config_ca *ca; /* borrowed */
	const char *url; /* the request's; borrowed */
	const char *account; /* the account's URL or NULL; borrowed */
	const json_t *former; /* its URLs before, an array or NULL; borrowed */
	bool is_by_key; /* signed with jwk: newAccount only */
	bool may_close; /* root permits to deactivate the account */
	/* Is this a CSR that the vault made for a certificate of `ca`? */
	bool (*is_own_csr)(
		void *data, const struct config_ca *ca, const char *csr);
	void *data;
};

/* True when the payload may be signed; else REFUSED with err. */
bool payload_is_allowed(const struct payload_context *context,
	const char *payload, struct error *err);
