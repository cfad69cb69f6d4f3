/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The TXT records that the challenges over DNS want to see: dns-01
 * (RFC 8555 section 8.4), dns-account-01 (draft-ietf-acme-dns-account-label)
 * and dns-persist-01 (draft-ietf-acme-dns-persist, in the forms before and
 * since -02).
 */

#include "challenge.h"
#include "directory.h"

/* Base64url of SHA-256 over the key authorization, 43 characters; free it
 * with free(). NULL without memory. */
char *challenge_record_value(const char *key_authorization);

/* The owner name without a final dot: "_acme-challenge.example.com". The
 * account's URL is for dns-account-01. Free it with free(). NULL with err for
 * an IP address, for a type without a record, and without the URL. */
char *challenge_record_name(enum challenge_type type,
	const struct identifier *identifier, const char *account,
	struct error *err);

/* Who asks for a persistent record. Borrowed. */
struct challenge_persist {
	const struct directory *directory;
	const struct identifier *identifier;
	const char *account; /* URL */
	const char *thumbprint;
};

/* The record for the issuer that the challenge object names first:
 * "ca.example; accounturi=...[; policy=wildcard]". NULL with err when the CA
 * names none, too many, malformed ones, or others than its directory. */
char *challenge_persist_record(const struct challenge_persist *persist,
	const json_t *object, struct error *err);

/* Is it of that form, and nothing more? Its policy has to be that of the name:
 * an account that may have a name may not have all below it. */
bool challenge_persist_is_record(
	const char *record, const struct identifier *identifier);

/* The accounturi of -02: a hash that names neither account nor domain; with
 * "*" as domain it is good for all names. Free it with free(). */
char *challenge_persist_uri(const char *prefix, const char *domain,
	const char *thumbprint, const char *account, struct error *err);
