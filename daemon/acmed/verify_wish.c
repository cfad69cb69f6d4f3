/* SPDX-License-Identifier: MIT */
#include "verify_wish.h"

#include "config_endpoint.h"
#include "mem.h"

static struct config_endpoint *copy_endpoints(const struct verify_wish *wish)
{
	struct config_endpoint *copy =
		mem_new((wish->endpoint_count + 1) * sizeof(*copy));

	for (size_t i = 0; i < wish->endpoint_count; i++)
		copy[i] = config_endpoint_copy(&wish->endpoints[i]);
	return copy;
}

static struct identifier *copy_identifiers(const struct verify_wish *wish)
{
	struct identifier *copy =
		mem_new((wish->identifier_count + 1) * sizeof(*copy));

	for (size_t i = 0; i < wish->identifier_count; i++)
		copy[i] = wish->identifiers[i];
	return copy;
}

void verify_wish_copy(struct verify_wish *copy, const struct verify_wish *wish)
{
	*copy = (struct verify_wish){
		.endpoints = copy_endpoints(wish),
		.endpoint_count = wish->endpoint_count,
		.fingerprint = mem_string(wish->fingerprint),
		.anchor = mem_string(wish->anchor),
		.issued = wish->issued,
		.key_type = mem_string(wish->key_type),
		.identifiers = copy_identifiers(wish),
		.identifier_count = wish->identifier_count,
	};
}

void verify_wish_clear(struct verify_wish *copy)
{
	struct config_endpoint *endpoints = (void *)copy->endpoints;

	for (size_t i = 0; i < copy->endpoint_count; i++)
		config_endpoint_clear(&endpoints[i]);
	free(endpoints);
	free((void *)copy->identifiers);
	free((void *)copy->fingerprint);
	free((void *)copy->anchor);
	free((void *)copy->key_type);
}

const char *verify_server_name(const struct config_endpoint *endpoint)
{
	struct identifier identifier;
	struct error err;

	if (endpoint->sni)
		return endpoint->sni;
	if (identifier_parse(endpoint->host, &identifier, &err) &&
		identifier.type == IDENTIFIER_IP)
		return NULL;
	return endpoint->host;
}
