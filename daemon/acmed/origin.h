/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Whom a connection counts for: one address of IPv4, one network of 64 bits
 * of IPv6, which is what one customer has. 0 is this machine.
 */

#include <netinet/in.h>
#include <stdint.h>

union origin_peer {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_storage storage;
};

uint64_t origin_of(const union origin_peer *peer);
