/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Signs the revocation of a version that root named (RFC 8555 section 7.6),
 * by the account's key or by the certificate's own.
 */

#include "vault.h"

/* The verb `revoke`. */
json_t *revoke_sign(
	struct vault *vault, const json_t *request, struct error *err);
