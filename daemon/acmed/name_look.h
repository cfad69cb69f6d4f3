/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The addresses of a name as a CA finds them: A and AAAA records by the name
 * servers, along aliases, and never from a file of this machine.
 *
 * The callback comes once, from the loop and never from inside a call of this
 * header; the look is gone then.
 */

#include "dns_call.h"
#include "dns_message.h"
#include "identifier.h"

struct name_addresses {
	struct dns_address list[DNS_ADDRESSES]; /* IPv6 first */
	size_t count;
	char alias[DNS_NAME_SIZE]; /* where its CNAME leads, or "" */
	/* Why there is none: H14, D7, N3; else kind NONE. */
	struct error err;
};

struct name_look;

/* Never NULL. */
struct name_look *name_look_start(const struct dns_tools *tools,
	const char *name,
	void (*on_end)(void *data, const struct name_addresses *found),
	void *data);
void name_look_cancel(struct name_look *look); /* NULL is fine */

/* What an IP address stands for without a look. */
void name_addresses_of(
	const struct identifier *identifier, struct name_addresses *out);

/* "2001:db8::1, 192.0.2.1" */
void name_addresses_describe(
	const struct name_addresses *addresses, char *out, size_t size);
