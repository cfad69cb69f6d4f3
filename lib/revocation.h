/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Revoking a certificate (RFC 8555 section 7.6), as a small machine of
 * requests, driven like an account: by the account's key or by that of the
 * certificate, and by the other one when the CA does not take the first.
 */

#include "directory.h"

#include <openssl/x509.h>

/* RFC 5280 section 5.3.1, as far as a subscriber may say it. */
enum revocation_reason {
	REVOCATION_UNSPECIFIED = 0,
	REVOCATION_KEY_COMPROMISE = 1,
	REVOCATION_AFFILIATION_CHANGED = 3,
	REVOCATION_SUPERSEDED = 4,
	REVOCATION_CESSATION_OF_OPERATION = 5,
	REVOCATION_PRIVILEGE_WITHDRAWN = 9,
};

/* "keyCompromise" or "key-compromise", in any case. */
bool revocation_reason_parse(const char *name, enum revocation_reason *reason);
const char *revocation_reason_name(enum revocation_reason reason);
bool revocation_reason_is_known(int64_t number);

struct revocation_wish {
	enum revocation_reason reason;
	bool has_account; /* at this CA */
	bool has_key; /* of the certificate */
	const char *name; /* which one the vault is to revoke; copied */
	unsigned version;
};

enum revocation_state {
	REVOCATION_RUNNING,
	REVOCATION_DONE, /* maybe long before (R03) */
	REVOCATION_FAILED,
};

struct revocation;

/* A compromised key proves itself; else the account comes first. The
 * directory is borrowed. */
struct revocation *revocation_new(const struct directory *directory,
	const struct revocation_wish *wish, struct error *err);
void revocation_free(struct revocation *revocation);

/* The request to send now, borrowed until revocation_done(); or NULL. */
const struct request *revocation_next(struct revocation *revocation);

/* Exactly one of reply and err is set. */
void revocation_done(struct revocation *revocation, const struct reply *reply,
	const struct error *err);

enum revocation_state revocation_state(const struct revocation *revocation);
const struct error *revocation_error(const struct revocation *revocation);

/* The payload; the reason is left out when it is unspecified (R01). Free it
 * with free(). NULL with err. */
char *revocation_payload(
	X509 *leaf, enum revocation_reason reason, struct error *err);
