/* SPDX-License-Identifier: MIT */
#include "registered_domain.h"

#include "text.h"

#include <arpa/inet.h>
#include <libpsl.h>
#include <stdio.h>

static const char *domain_of(const char *name)
{
	const char *found = psl_registrable_domain(psl_builtin(), name);

	return found ? found : name;
}

void registered_domain(const struct identifier *identifier,
	char out[static REGISTERED_DOMAIN_SIZE])
{
	unsigned char network[16] = {0};
	char text[INET6_ADDRSTRLEN];

	if (identifier->type == IDENTIFIER_DNS) {
		snprintf(out, REGISTERED_DOMAIN_SIZE, "%s",
			domain_of(identifier_base(identifier)));
		return;
	}
	if (identifier->address_length == 4) {
		snprintf(out, REGISTERED_DOMAIN_SIZE, "%s", identifier->value);
		return;
	}
	memcpy(network, identifier->address, sizeof(network) / 2);
	inet_ntop(AF_INET6, network, text, sizeof(text));
	snprintf(out, REGISTERED_DOMAIN_SIZE, "%s/64", text);
}
