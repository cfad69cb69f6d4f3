/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Has every authoritative name server of a zone taken a TXT record over? The
 * CA asks any of them, so it is told only when all have it, at all of their
 * addresses. A server that cannot be reached from here is left to the CA.
 *
 * Callbacks come from the loop, never from inside a call of this header.
 */

#include "dns_call.h"

struct dns_spread;

struct dns_spread_wish {
	const struct dns_tools *tools; /* borrowed */
	/* All strings are borrowed until the end. */
	const char *server; /* knows the NS records of the zone; NULL: those of
			     * resolv.conf do */
	uint16_t port;
	const char *zone;
	const char *record; /* name */
	const char *value;
	double patience; /* seconds */
	/* A server does not have it yet (D2, D7); once for each. */
	void (*on_wait)(void *data, const struct error *err);
	/* All have it (NULL), or one still does not: D2, D7. The search is
	 * gone then. */
	void (*on_end)(void *data, const struct error *err);
	void *data;
};

/* Never NULL. */
struct dns_spread *dns_spread_start(const struct dns_spread_wish *wish);
/* No callback will come. NULL is fine. */
void dns_spread_cancel(struct dns_spread *spread);
