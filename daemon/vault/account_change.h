/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Another key for an account (RFC 8555 section 7.3.5). key.next.pem lies
 * beside key.pem from before the CA hears of it until it is settled which of
 * them the CA goes by; the one that lost is kept as key.old.pem.
 */

#include "accounts.h"

/* The verbs `key-change-begin`, `key-change` and `key-change-settle`. */
json_t *account_change_begin(
	struct vault *vault, const json_t *request, struct error *err);
json_t *account_change_sign(
	struct vault *vault, const json_t *request, struct error *err);
json_t *account_change_settle(
	struct vault *vault, const json_t *request, struct error *err);
