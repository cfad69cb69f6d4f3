/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Is a CA to be had over IPv6 too? Requests go to whichever address answers
 * first, so that nobody notices one that never does (N6).
 *
 * The callback comes from the loop and never from inside a call of this
 * header; after it the look is gone.
 */

#include "dns.h"

struct ipv6_look;

enum ipv6_state {
	IPV6_NONE, /* of the CA's host or of this machine: nothing to mend */
	IPV6_WORKS,
	IPV6_BROKEN, /* with err */
};

struct ipv6_look_wish {
	struct ev_loop *loop; /* borrowed, as dns */
	struct dns *dns;
	const char *url; /* of the CA; borrowed for the call */
	void (*on_end)(
		void *data, enum ipv6_state state, const struct error *err);
	void *data;
};

/* Never NULL. */
struct ipv6_look *ipv6_look_start(const struct ipv6_look_wish *wish);
void ipv6_look_cancel(struct ipv6_look *look); /* NULL is fine */
