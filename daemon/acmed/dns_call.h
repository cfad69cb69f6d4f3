/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A message to a name server, by name or address, until somebody answers: at
 * each of its addresses over UDP and then TCP, or the other way round. A
 * truncated reply is asked for again over TCP.
 *
 * The callback comes once, from the loop and never from inside a call of this
 * header; the call is gone then.
 */

#include "dns.h"
#include "helper.h"

/* What everything that speaks to name servers is made with. */
struct dns_tools {
	struct ev_loop *loop;
	struct dns *dns;
	struct helper *vault;
	uint16_t port; /* of authoritative servers */
};

struct dns_call;

struct dns_call_wish {
	const struct dns_tools *tools; /* borrowed */
	const char *server; /* borrowed for the call */
	uint16_t port;
	const unsigned char *message; /* copied */
	size_t length;
	bool prefers_stream;
	/* The reply (borrowed), or err: what kept the last try from it, LOCAL
	 * only when no address can be reached from here. */
	void (*on_end)(void *data, const unsigned char *reply, size_t length,
		const struct error *err);
	void *data;
};

/* Never NULL. */
struct dns_call *dns_call_start(const struct dns_call_wish *wish);
/* The callback will not come. NULL is fine. */
void dns_call_cancel(struct dns_call *call);
