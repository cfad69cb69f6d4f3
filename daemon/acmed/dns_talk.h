/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One message to one address of a name server and its reply, over UDP (sent
 * again every two seconds) or TCP. Whose number is another is passed over; all
 * else is for the caller to judge.
 *
 * The callback comes once, from the loop and never from inside a call of this
 * header; the talk is gone then.
 */

#include "dns.h"

struct dns_talk;

struct dns_talk_wish {
	struct ev_loop *loop;
	const struct dns_address *address; /* borrowed for the call */
	uint16_t port;
	const unsigned char *message; /* copied */
	size_t length;
	bool is_stream; /* TCP */
	double deadline; /* seconds */
	/* The reply (borrowed), or err with D6: LOCAL when there is no way to
	 * that address from here, TRANSIENT when nobody answers. */
	void (*on_end)(void *data, const unsigned char *reply, size_t length,
		const struct error *err);
	void *data;
};

/* Never NULL. */
struct dns_talk *dns_talk_start(const struct dns_talk_wish *wish);
/* The callback will not come. */
void dns_talk_cancel(struct dns_talk *talk);
