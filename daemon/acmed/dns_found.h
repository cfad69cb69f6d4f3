/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a look-up of both families has found so far: addresses, or why there
 * are none. No input or output.
 */

#include "dns.h"

#include <ares.h>

enum {
	DNS_FAMILIES = 2,
};

/* In the order in which addresses are reported (RFC 6724). */
extern const int DNS_FAMILY[DNS_FAMILIES];

struct dns_found {
	struct {
		bool is_pending; /* no answer yet */
		int status; /* of c-ares */
		struct dns_address addresses[DNS_ADDRESSES / DNS_FAMILIES];
		size_t count;
	} families[DNS_FAMILIES];
};

/* Is an answer still to come? */
bool dns_found_is_pending(const struct dns_found *found);
bool dns_found_has_address(const struct dns_found *found);

/* The answer for a family; the result (or NULL) stays the caller's. */
void dns_found_add(struct dns_found *found, size_t family, int status,
	const struct ares_addrinfo *result);

/* What needs no look-up: literals, and localhost (RFC 6761 section 6.3). */
bool dns_found_literal(struct dns_found *found, const char *name);

size_t dns_found_collect(const struct dns_found *found,
	struct dns_address addresses[static DNS_ADDRESSES]);

/* Why there is no address for that name, after so many seconds: N3, H14. */
void dns_found_explain(const struct dns_found *found, const char *name,
	double deadline, struct error *err);
