/* SPDX-License-Identifier: MIT */
#include "config_value.h"

#include "config.h"
#include "dns_delegation.h"
#include "duration.h"
#include "mem.h"
#include "text.h"

#include <arpa/inet.h>
#include <stdio.h>

#define DAY 86400
#define HOUR 3600
#define DNS_PORT 53

bool config_value_type(const char *value, void *field, struct error *err)
{
	const char *names[CHALLENGE_TYPES];
	size_t index = 0;

	for (int i = 0; i < CHALLENGE_TYPES; i++)
		names[i] = challenge_type_name((enum challenge_type)i);
	if (!config_value_choose(value, names, CHALLENGE_TYPES, &index, err))
		return false;
	*(enum challenge_type *)field = (enum challenge_type)index;
	return true;
}

bool config_value_solver(const char *value, void *field, struct error *err)
{
	const char *names[SOLVERS_COUNT];
	size_t index = 0;

	for (int i = 0; i < SOLVERS_COUNT; i++)
		names[i] = config_solver_facts((enum config_solver)i)->name;
	if (!config_value_choose(value, names, SOLVERS_COUNT, &index, err))
		return false;
	*(enum config_solver *)field = (enum config_solver)index;
	return true;
}

bool config_value_protocol(const char *value, void *field, struct error *err)
{
	static const char *const PROTOCOLS[] = {
		[PROTOCOL_ACMED] = "acmed",
		[PROTOCOL_CERTBOT] = "certbot",
		[PROTOCOL_DEHYDRATED] = "dehydrated",
		[PROTOCOL_LEGO] = "lego",
		[PROTOCOL_ACME_SH] = "acme.sh",
	};
	size_t index = 0;

	if (!config_value_choose(value, PROTOCOLS,
		    sizeof(PROTOCOLS) / sizeof(*PROTOCOLS), &index, err))
		return false;
	*(enum config_protocol *)field = (enum config_protocol)index;
	return true;
}

static bool set_seconds(
	const char *value, int64_t most, void *field, struct error *err)
{
	int64_t seconds;
	char longest[DURATION_SIZE];

	duration_format(most, longest);
	if (!duration_parse(value, &seconds) || seconds < 1 || seconds > most)
		return fail(err, ERROR_REFUSED,
			"is no span of time from '1s' to '%s'", longest);
	*(int64_t *)field = seconds;
	return true;
}

bool config_value_ttl(const char *value, void *field, struct error *err)
{
	return set_seconds(value, DAY, field, err);
}

bool config_value_timeout(const char *value, void *field, struct error *err)
{
	return set_seconds(value, HOUR, field, err);
}

bool config_value_zone(const char *value, void *field, struct error *err)
{
	struct dns_delegation name;

	if (!dns_delegation_start(&name, value, NULL))
		return fail(err, ERROR_REFUSED, "is no name of a zone");
	free(*(char **)field);
	*(char **)field = mem_string(dns_delegation_name(&name));
	return true;
}

bool config_value_domain(const char *value, void *field, struct error *err)
{
	struct dns_delegation name;

	if (!dns_delegation_start(&name, value, NULL))
		return fail(err, ERROR_REFUSED, "is no name of a domain");
	strings_add(field, dns_delegation_name(&name));
	return true;
}

static bool is_port(const char *text)
{
	char *end;
	unsigned long port = strtoul(text, &end, 10);

	return *text >= '0' && *text <= '9' && !*end && port > 0 &&
		port <= UINT16_MAX;
}

/* "192.0.2.1", "[2001:db8::1]" or "*". */
static bool is_host(const char *host, size_t length)
{
	unsigned char address[sizeof(struct in6_addr)];
	char text[INET6_ADDRSTRLEN];

	if (length == 0 || length >= sizeof(text))
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)length, host);
	if (text[0] == '[' && text[length - 1] == ']') {
		text[length - 1] = '\0';
		return inet_pton(AF_INET6, text + 1, address) == 1;
	}
	return streq(text, "*") || inet_pton(AF_INET, text, address) == 1;
}

static bool is_listen(const char *text)
{
	const char *colon = strrchr(text, ':');

	if (*text == '/')
		return !strstr(text, "/../") && !text_ends_with(text, "/");
	if (!colon)
		return is_port(text);
	return is_host(text, (size_t)(colon - text)) && is_port(colon + 1);
}

bool config_value_listen(const char *value, void *field, struct error *err)
{
	struct strings words = {0};
	bool is_fine = true;

	strings_add_words(&words, value);
	for (size_t i = 0; i < words.count; i++)
		is_fine &= is_listen(words.items[i]);
	if (!is_fine) {
		strings_clear(&words);
		return fail(err, ERROR_REFUSED,
			"is no 'PORT', 'ADDRESS:PORT' or '/path'");
	}
	strings_clear(field);
	*(struct strings *)field = words;
	return true;
}

/* "ns1.example", "192.0.2.53", "192.0.2.53:5353", "[2001:db8::1]:53" or the
 * bare address: its last part is no port. */
static bool is_bare(const char *value)
{
	unsigned char address[sizeof(struct in6_addr)];

	return !strchr(value, ':') || inet_pton(AF_INET6, value, address) == 1;
}

static char *host_of(const char *value, size_t length)
{
	bool is_bracketed =
		length > 2 && value[0] == '[' && value[length - 1] == ']';

	size_t skipped = is_bracketed ? 1 : 0;
	size_t size = length - 2 * skipped;
	return memcpy(mem_new(size + 1), value + skipped, size);
}

static bool read_server(
	const char *value, struct identifier *host, uint16_t *port)
{
	const char *colon = is_bare(value) ? NULL : strrchr(value, ':');
	bool has_port = colon && !text_ends_with(value, "]");
	size_t length = has_port ? (size_t)(colon - value) : strlen(value);
	cleanup(string) char *text = host_of(value, length);

	if ((has_port && !is_port(colon + 1)) ||
		!identifier_parse(text, host, NULL) ||
		identifier_is_wildcard(host))
		return false;
	*port = has_port ? (uint16_t)strtoul(colon + 1, NULL, 10) : DNS_PORT;
	return true;
}

bool config_value_server(const char *value, void *field, struct error *err)
{
	struct config_challenge *challenge = field;
	struct identifier host;

	if (!read_server(value, &host, &challenge->server_port))
		return fail(err, ERROR_REFUSED, "is no 'HOST' or 'HOST:PORT'");
	free(challenge->server);
	challenge->server = mem_string(host.value);
	return true;
}

bool config_value_resolver(const char *value, void *field, struct error *err)
{
	struct config_daemon *daemon = field;
	struct identifier host;
	uint16_t port;

	if (!read_server(value, &host, &port) || host.type != IDENTIFIER_IP)
		return fail(err, ERROR_REFUSED,
			"is no 'ADDRESS' or 'ADDRESS:PORT' of a name server");
	free(daemon->resolver);
	daemon->resolver = mem_string(host.value);
	daemon->resolver_port = port;
	return true;
}

bool config_value_rehearse(const char *value, void *field, struct error *err)
{
	static const char *const TIMES[] = {
		[REHEARSE_DAILY] = "daily",
		[REHEARSE_WEEKLY] = "weekly",
		[REHEARSE_NO] = "no",
	};
	size_t index = 0;

	if (!config_value_choose(
		    value, TIMES, sizeof(TIMES) / sizeof(*TIMES), &index, err))
		return false;
	*(enum config_rehearse *)field = (enum config_rehearse)index;
	return true;
}
