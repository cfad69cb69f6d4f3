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

/* The verb `revoked`: the CA has done it, which is remembered. */
json_t *revoke_mark(
	struct vault *vault, const json_t *request, struct error *err);
bool revoke_is_marked(struct vault *vault, const char *name, unsigned number);

/* Was it, or is it to be, revoked because its key is no secret any more? */
bool revoke_has_lost_key(
	struct vault *vault, const char *name, unsigned number);
