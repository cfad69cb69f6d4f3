/* SPDX-License-Identifier: MIT */
#include "config_value.h"

#include "config.h"
#include "mem.h"
#include "text.h"

#include <arpa/inet.h>
#include <stdio.h>

#define MAILTO "mailto:"

static bool fail_later(struct error *err)
{
	return fail(err, ERROR_REFUSED, "is not in this version");
}

bool config_value_contact(const char *value, void *field, struct error *err)
{
	const char *mail = value;

	if (text_starts_with(value, MAILTO))
		mail += strlen(MAILTO);
	const char *at = strchr(mail, '@');
	if (!at || at == mail || !at[1] || strpbrk(mail, ":,?;<>\"") ||
		!text_is_visible(mail))
		return fail(err, ERROR_REFUSED, "is no mail address");
	cleanup(string) char *contact = text_format(MAILTO "%s", mail);
	if (!contact)
		return fail_memory(err);
	strings_add(field, contact);
	return true;
}

bool config_value_key(const char *value, void *field, struct error *err)
{
	if (key_type_parse(value, field))
		return true;
	if (streq(value, "ed25519") || text_starts_with(value, "pkcs11:"))
		return fail_later(err);
	return fail(err, ERROR_REFUSED,
		"is no type of key such as 'ecdsa-p256' or 'rsa-2048'");
}

bool config_value_identifier(const char *value, void *field, struct error *err)
{
	struct config_certificate *certificate = field;
	struct identifier identifier;
	struct error why = {0};

	if (!identifier_parse(value, &identifier, &why))
		return fail(err, ERROR_REFUSED, "is no name: %s", why.text);
	if (certificate->identifier_count >= CONFIG_IDENTIFIERS_MAX)
		return fail(err, ERROR_REFUSED,
			"is one too many: a certificate has at most %d names",
			CONFIG_IDENTIFIERS_MAX);
	certificate->identifiers = mem_resize(certificate->identifiers,
		certificate->identifier_count + 1, sizeof(identifier));
	certificate->identifiers[certificate->identifier_count++] = identifier;
	return true;
}

bool config_value_window(const char *value, void *field, struct error *err)
{
	struct config_certificate *certificate = field;
	struct renewal_window window;

	if (!renewal_window_parse(value, &window))
		return fail(err, ERROR_REFUSED,
			"is no window such as 'Sat..Sun 02:00-05:00'");
	certificate->windows = mem_resize(certificate->windows,
		certificate->window_count + 1, sizeof(window));
	certificate->windows[certificate->window_count++] = window;
	return true;
}

/* A word of a list that starts with those of this version. */
static bool choose(const char *value, const char *const *words, size_t count,
	size_t known, size_t *index, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		if (!streq(value, words[i]))
			continue;
		*index = i;
		return i < known || fail_later(err);
	}
	return fail(err, ERROR_REFUSED, "is unknown");
}

bool config_value_type(const char *value, void *field, struct error *err)
{
	static const char *const TYPES[] = {"http-01", "tls-alpn-01", "dns-01",
		"dns-account-01", "dns-persist-01"};
	size_t index = 0;

	if (!choose(value, TYPES, sizeof(TYPES) / sizeof(*TYPES), 1, &index,
		    err))
		return false;
	*(enum challenge_type *)field = CHALLENGE_HTTP_01;
	return true;
}

bool config_value_solver(const char *value, void *field, struct error *err)
{
	static const char *const SOLVERS[] = {"webroot", "standalone", "socket",
		"none", "rfc2136", "exec", "persist"};
	size_t index = 0;

	if (!choose(value, SOLVERS, sizeof(SOLVERS) / sizeof(*SOLVERS),
		    SOLVER_NONE + 1, &index, err))
		return false;
	*(enum config_solver *)field = (enum config_solver)index;
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
