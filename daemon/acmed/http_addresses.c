/* SPDX-License-Identifier: MIT */
#include "http_addresses.h"

#include "mem.h"
#include "text.h"

#define KEPT_SECONDS 60.0

static bool holds(
	const struct http_addresses *known, size_t index, const char *host)
{
	return known->hosts[index].host &&
		streq(known->hosts[index].host, host);
}

static size_t oldest(const struct http_addresses *known)
{
	size_t oldest = 0;

	for (size_t i = 1; i < HTTP_ADDRESSES_HOSTS; i++)
		if (known->hosts[i].until < known->hosts[oldest].until)
			oldest = i;
	return oldest;
}

void http_addresses_clear(struct http_addresses *known)
{
	for (size_t i = 0; i < HTTP_ADDRESSES_HOSTS; i++)
		free(known->hosts[i].host);
	*known = (struct http_addresses){0};
}

const struct dns_address *http_addresses_find(
	const struct http_addresses *known, const char *host, ev_tstamp now,
	size_t *count)
{
	for (size_t i = 0; i < HTTP_ADDRESSES_HOSTS; i++) {
		if (!holds(known, i, host) || known->hosts[i].until < now)
			continue;
		*count = known->hosts[i].count;
		return known->hosts[i].addresses;
	}
	return NULL;
}

void http_addresses_keep(struct http_addresses *known, const char *host,
	ev_tstamp now, const struct dns_address *addresses, size_t count)
{
	http_addresses_forget(known, host);
	size_t i = oldest(known);
	free(known->hosts[i].host);
	known->hosts[i].host = mem_string(host);
	known->hosts[i].until = now + KEPT_SECONDS;
	known->hosts[i].count = count;
	memcpy(known->hosts[i].addresses, addresses,
		count * sizeof(*addresses));
}

void http_addresses_forget(struct http_addresses *known, const char *host)
{
	for (size_t i = 0; i < HTTP_ADDRESSES_HOSTS; i++) {
		if (!holds(known, i, host))
			continue;
		free(take(known->hosts[i].host));
		known->hosts[i].until = 0;
	}
}

static bool fits(const struct dns_address *address, const char *source)
{
	if (!source)
		return true;
	return (address->family == AF_INET6) == (strchr(source, ':') != NULL);
}

char *http_addresses_to_curl(const char *host, const char *port,
	const struct dns_address *addresses, size_t count,
	const char *source_address)
{
	struct text text cleanup_text_value = {0};
	const char *separator = "";

	text_addf(&text, "%s:%s:", host, port);
	for (size_t i = 0; i < count; i++) {
		if (!fits(&addresses[i], source_address))
			continue;
		text_addf(&text, "%s%s", separator, addresses[i].text);
		separator = ",";
	}
	return *separator ? text_take(&text) : NULL;
}
