/* SPDX-License-Identifier: MIT */
#include "own_addresses.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <string.h>

static const void *bytes_of(const struct sockaddr *address, size_t *size)
{
	const struct sockaddr_in *in = (const void *)address;
	const struct sockaddr_in6 *in6 = (const void *)address;

	*size = address->sa_family == AF_INET ? sizeof(in->sin_addr)
					      : sizeof(in6->sin6_addr);
	return address->sa_family == AF_INET ? (const void *)&in->sin_addr
					     : (const void *)&in6->sin6_addr;
}

/* The whole of 127.0.0.0/8 leads here. */
static bool is_loopback(int family, const unsigned char *bytes)
{
	return family == AF_INET && bytes[0] == IN_LOOPBACKNET;
}

bool own_addresses_have(const struct dns_address *address)
{
	unsigned char wanted[sizeof(struct in6_addr)];
	struct ifaddrs *all = NULL;
	bool is_found = false;

	if (inet_pton(address->family, address->text, wanted) != 1)
		return false;
	if (is_loopback(address->family, wanted))
		return true;
	if (getifaddrs(&all) != 0)
		return false;
	for (const struct ifaddrs *i = all; i && !is_found; i = i->ifa_next) {
		size_t size;
		if (!i->ifa_addr || i->ifa_addr->sa_family != address->family)
			continue;
		const void *bytes = bytes_of(i->ifa_addr, &size);
		is_found = memcmp(bytes, wanted, size) == 0;
	}
	freeifaddrs(all);
	return is_found;
}
