/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Records of any type by the name servers of resolv.conf, one after the other
 * until one answers. c-ares does the same for addresses, but hides why a
 * server said no.
 *
 * The callback comes once, from the loop and never from inside a call of this
 * header; the look-up is gone then.
 */

#include "dns_answer.h"
#include "dns_call.h"

struct dns_lookup;

/* The answer (borrowed; a name that is not there has one without records), or
 * err: D7 when the servers fail, N3 and D6 when none answers. Never NULL. */
struct dns_lookup *dns_lookup_start(const struct dns_tools *tools,
	const char *name, uint16_t type,
	void (*on_end)(
		void *data, struct dns_answer *answer, const struct error *err),
	void *data);
/* The callback will not come. NULL is fine. */
void dns_lookup_cancel(struct dns_lookup *lookup);

/* A number for a question that nobody can guess. */
uint16_t dns_lookup_number(void);
