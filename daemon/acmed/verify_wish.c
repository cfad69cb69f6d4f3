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
}
