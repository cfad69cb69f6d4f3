/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Another key for an account (RFC 8555 section 7.3.5), as a small machine of
 * requests, driven like an account.
 *
 * The vault has written the new key before this begins and keeps the old one
 * until it is settled which of them the CA goes by. That is asked of the CA
 * itself: after a reply that was lost, a refusal or a crash both keys are
 * tried on the account's URL.
 */

#include "directory.h"

#include <openssl/evp.h>

enum key_change_state {
	KEY_CHANGE_RUNNING,
	KEY_CHANGE_NEW, /* the CA goes by the new key */
	KEY_CHANGE_OLD, /* the CA goes by the old one: see the error */
	KEY_CHANGE_UNSETTLED, /* not known: keep both, and try again later */
};

struct key_change;

/* `url` is the account's, copied; the directory is borrowed. Resumed: the
 * request may have been sent already, so look first. */
struct key_change *key_change_new(const struct directory *directory,
	const char *url, bool is_resumed, struct error *err);
void key_change_free(struct key_change *change);

/* The request to send now, borrowed until key_change_done(); or NULL. */
const struct request *key_change_next(struct key_change *change);

/* Exactly one of reply and err is set. */
void key_change_done(struct key_change *change, const struct reply *reply,
	const struct error *err);

enum key_change_state key_change_state(const struct key_change *change);

/* Why it is not the new key; borrowed. */
const struct error *key_change_error(const struct key_change *change);

/* The payload of the outer JWS, which is the inner one: signed by the new
 * key, for the account of that URL. Free it with free(). NULL with err. */
char *key_change_payload(EVP_PKEY *new_key, const EVP_PKEY *old_key,
	const char *account, const char *url, struct error *err);
