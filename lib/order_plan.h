/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * An order's own copy of its plan, and the newOrder request that follows from
 * it (RFC 8555 section 7.4).
 */

#include "order.h"

/* Everything but directory and data is owned. */
struct order_plan_copy {
	struct order_plan plan;
	struct identifier *identifiers;
	enum challenge_type *types;
	char *thumbprint;
	char *account;
	char *profile;
	char *replaces;
	char *preferred_chain;
	char *url;
};

bool order_plan_copy(const struct order_plan *plan, struct order_plan_copy *out,
	struct error *err);
void order_plan_clear(struct order_plan_copy *copy);

/* A new reference, NULL without memory. */
json_t *order_plan_payload(const struct order_plan *plan);
