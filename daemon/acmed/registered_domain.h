/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The part of a name that somebody has registered, by which CAs count: the
 * public suffix and one label (RFC 9499, publicsuffix.org), from libpsl.
 */

#include "identifier.h"

#define REGISTERED_DOMAIN_SIZE 256

/* "example.co.uk"; the name itself where it is a public suffix. An IPv4
 * address is itself, an IPv6 address its /64. */
void registered_domain(const struct identifier *identifier,
	char out[static REGISTERED_DOMAIN_SIZE]);
