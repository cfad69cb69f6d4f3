/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One challenge of an authorization, and the answer to it (RFC 8555
 * section 8). Which type is wanted comes from the configuration.
 */

#include "error.h"
#include "identifier.h"

#include <jansson.h>

struct directory;

enum challenge_type {
	CHALLENGE_HTTP_01,
	CHALLENGE_TLS_ALPN_01,
	CHALLENGE_DNS_01,
	CHALLENGE_DNS_ACCOUNT_01,
	CHALLENGE_DNS_PERSIST_01,
};

#define CHALLENGE_TYPES 5

#define CHALLENGE_TOKEN_MAX 128

struct challenge {
	enum challenge_type type;
	struct identifier identifier; /* of the authorization, with wildcard */
	char *url; /* owned */
	char *token; /* owned, checked base64url (Z03); "" for dns-persist-01 */
	char *answer; /* owned key authorization (RFC 8555 section 8.1), or "" */
	char *record_name; /* owned, as the next: of the TXT record, without a */
	char *record_value; /* final dot, and its text; NULL without DNS */
};

/* Who answers. Borrowed. */
struct challenge_answerer {
	const char *thumbprint; /* of the account's key */
	const char *account; /* its URL; of dns-account-01, dns-persist-01 */
	const struct directory *directory; /* of dns-persist-01 */
};

const char *challenge_type_name(enum challenge_type type);
bool challenge_type_parse(const char *name, enum challenge_type *type);

/* Is it validated over DNS, and so can it validate a wildcard? */
bool challenge_type_is_dns(enum challenge_type type);

/* The challenge object of a type, borrowed; NULL: not offered. */
const json_t *challenge_find(
	const json_t *authorization, enum challenge_type wanted);

/* Finds the wanted type among the challenges of an authorization; unknown
 * ones and broken ones of other types are passed over. The message lists
 * what the CA offers. */
bool challenge_parse(const json_t *authorization,
	const struct identifier *identifier, enum challenge_type wanted,
	const struct challenge_answerer *answerer, struct challenge *out,
	struct error *err);
void challenge_clear(struct challenge *challenge);
