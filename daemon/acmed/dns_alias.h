/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Where the record of a challenge is really to be written: follows CNAMEs
 * from name to name, as the CA's resolver will (lib/dns_delegation).
 *
 * The callback comes once, from the loop and never from inside a call of this
 * header; the search is gone then.
 */

#include "dns_call.h"

struct dns_alias;

struct dns_alias_end {
	const char *name; /* the last one; borrowed */
	bool is_another; /* than that of the start */
	bool is_missing; /* nothing is there yet (NXDOMAIN): that is usual */
};

/* Where it ends (borrowed), or err: D5 for a chain that does not, D7, N3.
 * Never NULL. */
struct dns_alias *dns_alias_start(const struct dns_tools *tools,
	const char *name,
	void (*on_end)(void *data, const struct dns_alias_end *end,
		const struct error *err),
	void *data);
/* The callback will not come. NULL is fine. */
void dns_alias_cancel(struct dns_alias *alias);

/* A target that no server of ours is responsible for is the alias's fault
 * (D5), and no right that we lack. */
void dns_alias_explain(const char *name, bool is_missing, struct error *err);
