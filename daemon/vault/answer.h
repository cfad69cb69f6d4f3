/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The vault's side of daemon/common/verbs.h: each verb is a function.
 */

#include "vault.h"

enum verb_right {
	RIGHT_NONE = 0,
	RIGHT_LOOP = 1 << 0, /* it has said hello */
	RIGHT_ROOT = 1 << 1, /* its peer is root, or the vault's own user */
};

/* Answers a request of somebody with these rights: a new reference without
 * the id, or NULL with err (or with vault->wants_key). */
json_t *verbs_answer(struct vault *vault, unsigned rights,
	const json_t *request, struct error *err);
