/* SPDX-License-Identifier: MIT */
#include "config_value.h"

#include "config.h"
#include "mem.h"
#include "text.h"

#define SNI ",sni="

/* Verify=: "auto", "no", or endpoints "HOST:PORT", "[ADDRESS]:PORT", each
 * with or without ",sni=NAME". */

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

static bool read_host(const char *text, struct identifier *host)
{
	return identifier_parse(text, host, NULL) &&
		!identifier_is_wildcard(host);
}

/* Cuts "[2001:db8::1]:443" or "mail.example:443" in two, in place; NULL when
 * there is no port. */
static char *cut_port(char **host)
{
	char *colon = strrchr(*host, ':');

	if (!colon)
		return NULL;
	*colon = '\0';
	if (**host == '[' && colon > *host && colon[-1] == ']') {
		colon[-1] = '\0';
		(*host)++;
		return strchr(*host, ':') ? colon + 1 : NULL;
	}
	return strchr(*host, ':') ? NULL : colon + 1;
}

static bool read_endpoint(const char *value, struct config_endpoint *out)
{
	size_t size = strlen(value) + 1;
	cleanup(string) char *text = mem_new(size);
	char *host = memcpy(text, value, size);
	char *sni = strstr(text, SNI);
	struct identifier name = {0};
	struct identifier shown = {0};

	if (sni) {
		*sni = '\0';
		sni += strlen(SNI);
	}
	char *port = cut_port(&host);
	if (!port || !read_port(port, &out->port) || !read_host(host, &name) ||
		(sni && !read_host(sni, &shown)) ||
		(sni && shown.type != IDENTIFIER_DNS))
		return false;
	out->host = mem_string(name.value);
	out->sni = sni ? mem_string(shown.value) : NULL;
	return true;
}

static bool is_later(const char *value)
{
	static const char *const SCHEMES[] = {
		"smtp://", "imap://", "pop3://", "postgres://", "mysql://"};

	for (size_t i = 0; i < sizeof(SCHEMES) / sizeof(*SCHEMES); i++)
		if (text_starts_with(value, SCHEMES[i]))
			return true;
	return false;
}

static bool set_verify(struct config_deploy *deploy, enum config_verify verify,
	struct error *err)
{
	if (deploy->endpoint_count)
		return fail(err, ERROR_REFUSED, "goes with no endpoint");
	deploy->verify = verify;
	return true;
}

bool config_value_verify(const char *value, void *field, struct error *err)
{
	struct config_deploy *deploy = field;
	struct config_endpoint endpoint = {0};

	if (streq(value, "auto"))
		return set_verify(deploy, VERIFY_AUTO, err);
	if (streq(value, "no"))
		return set_verify(deploy, VERIFY_NO, err);
	if (is_later(value))
		return fail(err, ERROR_REFUSED, "is not in this version");
	if (!read_endpoint(value, &endpoint))
		return fail(err, ERROR_REFUSED,
			"is neither 'auto' nor 'no' nor an endpoint such as "
			"'www.example.com:443'");
	deploy->endpoints = mem_resize(deploy->endpoints,
		deploy->endpoint_count + 1, sizeof(endpoint));
	deploy->endpoints[deploy->endpoint_count++] = endpoint;
	deploy->verify = VERIFY_LIST;
	return true;
}
