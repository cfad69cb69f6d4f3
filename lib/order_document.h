/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the CA says an order is (RFC 8555 section 7.1.3), checked: URLs are
 * https, arrays are capped, an unknown status is an error.
 */

#include "order.h"

enum order_status {
	ORDER_PENDING,
	ORDER_READY,
	ORDER_PROCESSING,
	ORDER_VALID,
	ORDER_INVALID,
};

/* Everything is owned. */
struct order_document {
	enum order_status status;
	struct identifier *identifiers;
	size_t identifier_count;
	char **authorizations; /* URLs */
	size_t authorization_count;
	char *finalize; /* or NULL */
	char *certificate; /* only when valid (O11) */
	int64_t expires; /* 0: not said */
	struct error error; /* only when invalid */
};

/* Replaces *out, which is as before on failure. */
bool order_document_read(const struct reply *reply, struct order_document *out,
	struct error *err);
void order_document_clear(struct order_document *document);

/* Is it for exactly the identifiers of the plan, in any order? */
bool order_document_is_for(
	const struct order_document *document, const struct order_plan *plan);
bool order_document_is_expired(
	const struct order_document *document, int64_t now);
