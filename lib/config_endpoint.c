/* SPDX-License-Identifier: MIT */
#include "config_endpoint.h"

#include "mem.h"
#include "text.h"

#define SNI ",sni="
#define SCHEME "://"
#define DOMAIN ".invalid" /* RFC 6761 section 6.4 */

static bool read_port(const char *text, uint16_t *port)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || number < 1 ||
		number > UINT16_MAX)
		return false;
	*port = (uint16_t)number;
	return true;
}

/* A name of this machine's own, "localhost" or "mail" of /etc/hosts. */
static bool read_label(const char *text, struct identifier *host)
{
	cleanup(string) char *name = mem_format("%s" DOMAIN, text);

	if (!identifier_parse(name, host, NULL))
		return false;
	host->value[strlen(host->value) - strlen(DOMAIN)] = '\0';
	return true;
}

static bool read_host(const char *text, struct identifier *host)
{
	if (!strpbrk(text, ".:"))
		return read_label(text, host);
	return identifier_parse(text, host, NULL) &&
		!identifier_is_wildcard(host);
}

/* Cuts the brackets off "[2001:db8::1]", in place. */
static bool cut_brackets(char **host)
{
	char *end = strchr(*host, ']');

	if (**host != '[')
		return !strchr(*host, ':');
	if (!end || end[1])
		return false;
	*end = '\0';
	(*host)++;
	return strchr(*host, ':') != NULL;
}

/* Cuts "[2001:db8::1]:443" or "mail.example:443" in two, in place; *port is
 * NULL when there is none. */
static bool cut_port(char **host, char **port)
{
	char *colon = strrchr(*host, ':');
	bool is_inside = colon && strchr(colon, ']');

	*port = NULL;
	if (colon && !is_inside) {
		*colon = '\0';
		*port = colon + 1;
	}
	return cut_brackets(host);
}

/* Takes "smtp://" off. */
static bool cut_scheme(char **text, enum starttls_protocol *protocol)
{
	char *end = strstr(*text, SCHEME);

	*protocol = STARTTLS_NONE;
	if (!end)
		return true;
	if (!starttls_parse(*text, (size_t)(end - *text), protocol))
		return false;
	*text = end + strlen(SCHEME);
	return true;
}

static bool read_sni(char *text, struct identifier *shown)
{
	char *sni = strstr(text, SNI);

	if (!sni)
		return true;
	*sni = '\0';
	return read_host(sni + strlen(SNI), shown) &&
		shown->type == IDENTIFIER_DNS;
}

bool config_endpoint_parse(const char *value, struct config_endpoint *out)
{
	cleanup(string) char *text = mem_string(value);
	char *host = text;
	char *port;
	struct identifier name = {0};
	struct identifier shown = {0};
	struct config_endpoint endpoint = {0};

	if (!read_sni(host, &shown) || !cut_scheme(&host, &endpoint.starttls) ||
		!cut_port(&host, &port) || !read_host(host, &name))
		return false;
	endpoint.port = starttls_port(endpoint.starttls);
	if (port ? !read_port(port, &endpoint.port) : !endpoint.port)
		return false;
	endpoint.host = mem_string(name.value);
	endpoint.sni = shown.value[0] ? mem_string(shown.value) : NULL;
	*out = endpoint;
	return true;
}

char *config_endpoint_label(const struct config_endpoint *endpoint)
{
	bool is_v6 = strchr(endpoint->host, ':') != NULL;
	char *label = text_format("%s%s%s%s%s:%u%s%s",
		starttls_name(endpoint->starttls),
		endpoint->starttls == STARTTLS_NONE ? "" : SCHEME,
		is_v6 ? "[" : "", endpoint->host, is_v6 ? "]" : "",
		(unsigned)endpoint->port, endpoint->sni ? SNI : "",
		endpoint->sni ? endpoint->sni : "");

	if (!label)
		abort();
	return label;
}

struct config_endpoint config_endpoint_copy(
	const struct config_endpoint *endpoint)
{
	struct config_endpoint copy = *endpoint;

	copy.host = mem_string(endpoint->host);
	copy.sni = mem_string(endpoint->sni);
	return copy;
}

void config_endpoint_clear(struct config_endpoint *endpoint)
{
	free(endpoint->host);
	free(endpoint->sni);
}
