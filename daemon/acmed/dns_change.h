/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One TXT record added to a zone or removed from it by a dynamic update
 * (RFC 2136): the zone is asked for unless it is known, the vault writes and
 * signs the update and judges the server's reply (RFC 8945).
 *
 * The callback comes once, from the loop and never from inside a call of this
 * header; the change is gone then.
 */

#include "dns_call.h"

struct dns_change;

struct dns_change_wish {
	const struct dns_tools *tools; /* borrowed */
	/* All strings are borrowed until the end. */
	const char *certificate;
	const char *identifier;
	const char *server;
	uint16_t port;
	const char *zone; /* NULL: found by its SOA */
	const char *record; /* name */
	const char *value;
	bool is_removal;
	/* Done (err NULL), or not: D1, D5, D6, D7, C1. With a zone (borrowed)
	 * an update of it was sent, which the server may have done whatever
	 * err says, unless it REFUSED. */
	void (*on_end)(void *data, const char *zone, const struct error *err);
	void *data;
};

/* Never NULL. */
struct dns_change *dns_change_start(const struct dns_change_wish *wish);
/* The callback will not come. NULL is fine. */
void dns_change_cancel(struct dns_change *change);
