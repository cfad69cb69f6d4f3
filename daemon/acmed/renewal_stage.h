/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the vault does with the end of an order: it stages the chain and
 * switches to it, or drops next/ and the key in it.
 *
 * Callbacks come from the loop, never from inside a call of this header.
 */

#include "helper.h"

struct renewal_stage;

struct renewal_stage_result {
	const json_t *version; /* VERSION of verbs.h: staged, or switched in */
	const struct error *err; /* NULL: all went well */
	bool is_order_dropped;
};

struct renewal_stage_wish {
	struct helper *vault; /* borrowed */
	const char *name; /* of the certificate; borrowed */
	const json_t *without; /* names that were left out; or NULL; for the
				* call */
	bool is_dry; /* staged only, then dropped */
	void (*on_end)(void *data, const struct renewal_stage_result *result);
	void *data;
};

/* Neither is ever NULL; both end in one on_end, and are gone then. The chain
 * is PEM. */
struct renewal_stage *renewal_stage_start(const struct renewal_stage_wish *wish,
	const char *chain, size_t length);
struct renewal_stage *renewal_stage_drop(const struct renewal_stage_wish *wish);
void renewal_stage_cancel(struct renewal_stage *stage);
