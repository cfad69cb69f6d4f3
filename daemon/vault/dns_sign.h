/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Updates of DNS (RFC 2136) that are signed with the secret of a name's
 * KeyFile= (RFC 8945). The vault writes them itself: one TXT record with a
 * value of the kind that challenges have, added or removed.
 */

#include "vault.h"

/* The verbs `dns-update` and `dns-verify`. */
json_t *dns_sign_update(
	struct vault *vault, const json_t *request, struct error *err);
json_t *dns_verify_reply(
	struct vault *vault, const json_t *request, struct error *err);
