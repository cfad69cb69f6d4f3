/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The directory of a CA (RFC 8555 section 7.1.1, profiles, RFC 9773).
 */

#include "request.h"

struct directory {
	char *url; /* owned, as are all below; where it came from */
	char *new_nonce;
	char *new_account;
	char *new_order;
	char *revoke_cert; /* or NULL, as are all below */
	char *key_change;
	char *renewal_info;
	char *terms; /* meta.termsOfService, any scheme */
	char *website;
	bool eab_required;
	json_t *profiles; /* owned object name -> description, or NULL */
	json_t *caa_identities; /* owned array of strings, or NULL */
	json_t *issuer_domain_names; /* likewise; of dns-persist-01 */
	char *account_hash_prefix; /* likewise */
};

/* Reads a reply to GET `url`. Unknown members are ignored, a missing meta is
 * legal, URLs must be https. NULL with err; N9 for 403, 404 and 410. */
struct directory *directory_parse(
	const char *url, const struct reply *reply, struct error *err);
void directory_free(struct directory *directory);

bool directory_has_profile(
	const struct directory *directory, const char *profile);
