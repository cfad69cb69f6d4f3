/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The addresses of the few hosts that we speak to, for a minute, so that not
 * every request asks the name server.
 */

#include "dns.h"

#define HTTP_ADDRESSES_HOSTS 8

struct http_addresses {
	struct {
		char *host; /* owned, or NULL */
		ev_tstamp until; /* ev_now() */
		struct dns_address addresses[DNS_ADDRESSES];
		size_t count;
	} hosts[HTTP_ADDRESSES_HOSTS];
};

void http_addresses_clear(struct http_addresses *known);

/* NULL when unknown or too old; borrowed until the next call. */
const struct dns_address *http_addresses_find(
	const struct http_addresses *known, const char *host, ev_tstamp now,
	size_t *count);

/* Replaces those of the host, or the oldest. */
void http_addresses_keep(struct http_addresses *known, const char *host,
	ev_tstamp now, const struct dns_address *addresses, size_t count);

/* They did not answer. */
void http_addresses_forget(struct http_addresses *known, const char *host);

/* "host:port:address,address" for CURLOPT_RESOLVE. With a source address
 * only those of its family. Free it with free(); NULL without memory or
 * without any address. */
char *http_addresses_to_curl(const char *host, const char *port,
	const struct dns_address *addresses, size_t count,
	const char *source_address);
