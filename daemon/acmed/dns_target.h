/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One address of an authoritative name server, asked for a TXT record until
 * it has it: soon at first, then every five seconds.
 *
 * Callbacks come from the loop, never from inside a call of this header.
 */

#include "dns_call.h"

#define DNS_TARGET_GRACE 30. /* seconds for one that never answers */

enum dns_target_state {
	DNS_TARGET_ASKS, /* no answer yet */
	DNS_TARGET_LACKS, /* it does not have the record (D2) */
	DNS_TARGET_FAILS, /* it answers with an error (D1, D7) */
	DNS_TARGET_HAS, /* the end */
	DNS_TARGET_IS_AWAY, /* the end: not to be reached from here (D6) */
};

struct dns_target;

struct dns_target_wish {
	const struct dns_tools *tools; /* borrowed */
	const char *host; /* for messages; borrowed for the call */
	const char *address; /* likewise */
	const char *record; /* borrowed until the end */
	const char *value; /* likewise */
	void (*on_change)(void *data); /* the state is another */
	void *data;
};

/* Never NULL. */
struct dns_target *dns_target_new(const struct dns_target_wish *wish);
void dns_target_free(struct dns_target *target);

enum dns_target_state dns_target_state(const struct dns_target *target);

/* What is missing there; of kind NONE while it asks, and when it has it. */
const struct error *dns_target_error(const struct dns_target *target);
