/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What root allows the loop for a while: to revoke one version of one
 * certificate for one reason, to give an account another key, to close it. A permit ends
 * after a day, or with the vault; that of another key when it is made.
 */

#include "revocation.h"
#include "vault.h"

struct permit;

/* The verb `permit`, of root only. */
json_t *permit_give(
	struct vault *vault, const json_t *request, struct error *err);

/* Is there one, for that reason? REFUSED with err, if not. */
bool permit_revoke(struct vault *vault, const char *name, unsigned version,
	enum revocation_reason reason, struct error *err);
bool permit_account(struct vault *vault, const char *what, const char *ca,
	struct error *err);

/* What was permitted is done: another time takes another permit. */
void permits_drop_account(
	struct vault *vault, const char *what, const char *ca);

#define PERMIT_KEY_CHANGE "key-change"
#define PERMIT_CLOSE "close"

void permits_clear(struct vault *vault);
