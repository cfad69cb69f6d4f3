/* SPDX-License-Identifier: MIT */
#include "origin.h"

#include <string.h>

/* No network of IPv6 begins so: it would be ::/32. */
#define ORIGIN_V4 ((uint64_t)0xffff << 32)

static uint64_t origin_v4(const void *octets)
{
	uint32_t address;

	memcpy(&address, octets, sizeof(address));
	address = ntohl(address);
	return address >> 24 == IN_LOOPBACKNET ? 0 : ORIGIN_V4 | address;
}

static uint64_t origin_v6(const struct in6_addr *address)
{
	uint64_t network;

	if (IN6_IS_ADDR_V4MAPPED(address))
		return origin_v4(address->s6_addr + 12);
	memcpy(&network, address->s6_addr, sizeof(network));
	return network;
}

uint64_t origin_of(const union origin_peer *peer)
{
	switch (peer->any.sa_family) {
	case AF_INET:
		return origin_v4(&peer->v4.sin_addr);
	case AF_INET6:
		return origin_v6(&peer->v6.sin6_addr);
	default:
		return 0;
	}
}
