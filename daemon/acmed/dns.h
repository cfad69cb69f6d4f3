/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Addresses of names, by c-ares on the loop: the loop makes no threads and
 * never blocks on a name server. The channel is made anew when resolv.conf
 * changed; one that cannot be read is an error (N3), not 127.0.0.1.
 */

#include "error.h"

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#define DNS_ADDRESSES 16
#define DNS_PORT 53

struct dns_address {
	int family; /* AF_INET, AF_INET6 */
	char text[46];
};

struct dns;
struct dns_query;

struct dns *dns_new(struct ev_loop *loop);
/* Queries under way are dropped without a callback. */
void dns_free(struct dns *dns);

/* Another resolv.conf, port of its servers, and deadline; for tests. */
void dns_set_resolv_conf(struct dns *dns, const char *path, uint16_t port);
void dns_set_deadline(struct dns *dns, double seconds);

/* A and AAAA of a name, from /etc/hosts or DNS without a search list, IPv6
 * first; literals and localhost need neither. Exactly one callback, from the
 * loop and within 10 s, with addresses (borrowed) or err, which is TRANSIENT:
 * NXDOMAIN and no data H14, no answer N3. The query is gone then. Never
 * NULL. */
struct dns_query *dns_resolve(struct dns *dns, const char *name,
	void (*on_answer)(void *data, const struct dns_address *addresses,
		size_t count, const struct error *err),
	void *data);
void dns_cancel(struct dns_query *query);

#define DNS_SERVERS 3

struct dns_server {
	struct dns_address address;
	uint16_t port;
};

/* Another name server than those of resolv.conf, for dns_servers() only; NULL:
 * those. An address, and 0 for the port of DNS. */
void dns_set_server(struct dns *dns, const char *address, uint16_t port);

/* The name servers of resolv.conf, for those who ask them themselves: how
 * many, 0 with err (N3) when there is none to ask. */

size_t dns_servers(struct dns *dns, struct dns_server servers[DNS_SERVERS],
	struct error *err);
