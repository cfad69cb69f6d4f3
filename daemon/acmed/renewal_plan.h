/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the order of a renewal is to be, as configured: names and how they are
 * validated, profile and chain, the certificate that it replaces, and the
 * order in flight that it goes on with.
 */

#include "order.h"
#include "renewal.h"

struct renewal_plan {
	struct order_plan order; /* all borrowed, but for who is told */
	struct identifier kept[ORDER_MAX_IDENTIFIERS];
	enum challenge_type types[ORDER_MAX_IDENTIFIERS];
};

/* May the order that was saved last be gone on with? Only by the CA and the
 * account that have it. */
bool renewal_plan_resumes(const struct renewal_wish *wish,
	const struct ca_ready *ready, const json_t *in_flight);

/* `in_flight` is the order that was saved last, or NULL. Fails when there are
 * more names than an order may have. */
bool renewal_plan_fill(struct renewal_plan *plan,
	const struct renewal_wish *wish, const struct ca_ready *ready,
	const json_t *in_flight, struct error *err);
