/* SPDX-License-Identifier: MIT */
#include "dns_found.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

const int DNS_FAMILY[DNS_FAMILIES] = {AF_INET6, AF_INET};

bool dns_found_is_pending(const struct dns_found *found)
{
	return found->families[0].is_pending || found->families[1].is_pending;
}

bool dns_found_has_address(const struct dns_found *found)
{
	return found->families[0].count + found->families[1].count > 0;
}

static bool add_address(
	struct dns_found *found, size_t family, const void *bytes)
{
	size_t *count = &found->families[family].count;
	struct dns_address *address =
		&found->families[family].addresses[*count];

	if (*count == DNS_ADDRESSES / DNS_FAMILIES)
		return false;
	address->family = DNS_FAMILY[family];
	if (!inet_ntop(DNS_FAMILY[family], bytes, address->text,
		    sizeof(address->text)))
		return false;
	(*count)++;
	return true;
}

static void add_node(struct dns_found *found, size_t family,
	const struct ares_addrinfo_node *node)
{
	const void *address = node->ai_addr;
	const struct sockaddr_in *in = address;
	const struct sockaddr_in6 *in6 = address;

	if (node->ai_family != DNS_FAMILY[family])
		return;
	if (node->ai_family == AF_INET)
		add_address(found, family, &in->sin_addr);
	else
		add_address(found, family, &in6->sin6_addr);
}

void dns_found_add(struct dns_found *found, size_t family, int status,
	const struct ares_addrinfo *result)
{
	found->families[family].is_pending = false;
	found->families[family].status = status;
	if (status != ARES_SUCCESS || !result)
		return;
	for (const struct ares_addrinfo_node *node = result->nodes; node;
		node = node->ai_next)
		add_node(found, family, node);
}

bool dns_found_literal(struct dns_found *found, const char *name)
{
	unsigned char bytes[sizeof(struct in6_addr)];

	if (strcasecmp(name, "localhost") == 0)
		return add_address(found, 0, &in6addr_loopback) &&
			add_address(found, 1,
				&(struct in_addr){htonl(INADDR_LOOPBACK)});
	for (size_t i = 0; i < DNS_FAMILIES; i++)
		if (inet_pton(DNS_FAMILY[i], name, bytes) == 1)
			return add_address(found, i, bytes);
	return false;
}

size_t dns_found_collect(const struct dns_found *found,
	struct dns_address addresses[static DNS_ADDRESSES])
{
	size_t count = 0;

	for (size_t i = 0; i < DNS_FAMILIES; i++)
		for (size_t j = 0; j < found->families[i].count; j++)
			addresses[count++] = found->families[i].addresses[j];
	return count;
}

static bool is_absence(int status)
{
	return status == ARES_ENOTFOUND || status == ARES_ENODATA;
}

static void explain_failure(
	int first, int second, const char *name, struct error *err)
{
	fail_cause(err, ERROR_TRANSIENT, "N3", "cannot resolve '%s': %s", name,
		ares_strerror(is_absence(second) ? first : second));
}

void dns_found_explain(const struct dns_found *found, const char *name,
	double deadline, struct error *err)
{
	int first = found->families[0].status;
	int second = found->families[1].status;

	if (dns_found_is_pending(found))
		fail_cause(err, ERROR_TRANSIENT, "N3",
			"cannot resolve '%s': no name server answered within "
			"%g s",
			name, deadline);
	else if (!is_absence(first) || !is_absence(second))
		explain_failure(first, second, name, err);
	else if (first == ARES_ENODATA || second == ARES_ENODATA)
		fail_cause(err, ERROR_TRANSIENT, "H14",
			"'%s' has no A and no AAAA record", name);
	else
		fail_cause(err, ERROR_TRANSIENT, "H14",
			"'%s' does not exist in DNS (NXDOMAIN)", name);
}
