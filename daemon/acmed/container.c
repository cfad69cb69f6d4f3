/* SPDX-License-Identifier: MIT */
#include "container.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ROUTES "/proc/net/route" /* proc(5): addresses as the host has them */

static struct dns_address gateway; /* "": none is known */

/* What docker, podman and systemd leave in one. */
static bool is_container(void)
{
	static const char *const MARKS[] = {
		"/.dockerenv", "/run/.containerenv", "/run/systemd/container"};
	const char *variable = getenv("container");

	for (size_t i = 0; i < sizeof(MARKS) / sizeof(*MARKS); i++)
		if (access(MARKS[i], F_OK) == 0)
			return true;
	return variable && *variable;
}

static bool read_default(const char *line, struct in_addr *out)
{
	unsigned to, by, flags;

	if (sscanf(line, "%*s %x %x %x", &to, &by, &flags) != 3 || to || !by)
		return false;
	out->s_addr = by;
	return true;
}

void container_learn(void)
{
	FILE *routes = is_container() ? fopen(ROUTES, "re") : NULL;
	struct in_addr address;
	char line[256];

	gateway = (struct dns_address){0};
	while (routes && !*gateway.text && fgets(line, sizeof(line), routes))
		if (read_default(line, &address)) {
			gateway.family = AF_INET;
			inet_ntop(AF_INET, &address, gateway.text,
				sizeof(gateway.text));
		}
	if (routes)
		fclose(routes);
}

bool container_host(struct dns_address *host)
{
	*host = gateway;
	return *gateway.text;
}
