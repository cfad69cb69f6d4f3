/* SPDX-License-Identifier: MIT */
#include "registered_domain.h"

#include "text.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <stdio.h>

#define LIBRARY "libpsl.so.5"

/* What is used of libpsl (libpsl.h), which curl brings along; there is no
 * need for its headers to build acmed. */
static struct {
	const void *(*builtin)(void);
	const char *(*registrable_domain)(const void *list, const char *name);
} psl;

void registered_domain_open(void)
{
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);

	if (!library || psl.builtin)
		return;
	*(void **)&psl.registrable_domain =
		dlsym(library, "psl_registrable_domain");
	if (psl.registrable_domain)
		*(void **)&psl.builtin = dlsym(library, "psl_builtin");
}

static const char *last_two_labels(const char *name)
{
	const char *last = strrchr(name, '.');

	while (last && last > name && last[-1] != '.')
		last--;
	return last ? last : name;
}

static const char *domain_of(const char *name)
{
	if (!psl.builtin || !psl.builtin())
		return last_two_labels(name);
	const char *found = psl.registrable_domain(psl.builtin(), name);
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
