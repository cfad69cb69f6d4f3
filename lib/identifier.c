/* SPDX-License-Identifier: MIT */
#include "identifier.h"

#include "json.h"
#include "mem.h"
#include "text.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <idn2.h>
#include <stdio.h>
#include <string.h>

#define WILDCARD "*."
#define LABEL_MAX 63
#define NAME_MAX_BYTES 253

/* Longer than any name in any script: IDNA need not look at it. */
#define TEXT_MAX 1024

static bool refuse(struct error *err, const char *text, const char *reason)
{
	return fail(err, ERROR_REFUSED, "name '%s' %s", text, reason);
}

/* The canonical text is the one of RFC 5952. */
static bool parse_address(
	const char *text, int family, size_t length, struct identifier *out)
{
	struct identifier found = {
		.type = IDENTIFIER_IP,
		.address_length = length,
	};

	if (inet_pton(family, text, found.address) != 1)
		return false;
	inet_ntop(family, found.address, found.value, sizeof(found.value));
	*out = found;
	return true;
}

static bool parse_any_address(const char *text, struct identifier *out)
{
	return parse_address(text, AF_INET, 4, out) ||
		parse_address(text, AF_INET6, 16, out);
}

static bool is_label_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

/* What people write who took a name for something else. */
static const char *character_fault(char c)
{
	switch (c) {
	case ',':
	case ';':
		return "has a ',' or ';': names are separated by blanks";
	case '"':
	case '\'':
		return "has a quote: names stand without";
	case ':':
	case '/':
		return "has a ':' or '/': a name stands alone, without "
		       "'https://', port and path";
	case '#':
		return "has a '#': a comment stands on a line of its own";
	case '_':
		return "has a '_', which no host name has";
	default:
		return "has a character that no host name has";
	}
}

/* What is wrong with a label, NULL when it is one (RFC 5890, 2.3.1). */
static const char *label_fault(const char *label, size_t length)
{
	if (length == 0)
		return "has an empty label";
	if (length > LABEL_MAX)
		return "has a label of more than 63 bytes";
	for (size_t i = 0; i < length; i++)
		if (!is_label_character(label[i]))
			return character_fault(label[i]);
	if (label[0] == '-' || label[length - 1] == '-')
		return "has a label that begins or ends with '-'";
	return NULL;
}

/* What is wrong with a name in A-labels, NULL when it is one. */
static const char *name_fault(const char *name)
{
	const char *label = name;
	const char *dot;

	if (strlen(name) > NAME_MAX_BYTES)
		return "has more than 253 bytes";
	do {
		dot = strchrnul(label, '.');
		const char *fault = label_fault(label, (size_t)(dot - label));
		if (fault)
			return fault;
		if (!*dot && label[strspn(label, "0123456789")] == '\0')
			return "ends in a number and is no IP address";
		label = dot + 1;
	} while (*dot);
	if (!strchr(name, '.') && !streq(name, "localhost"))
		return "has one label only: it lacks its domain, as in "
		       "'www.example.com'";
	return NULL;
}

static void lower_case(char *text)
{
	for (; *text; text++)
		*text = (char)tolower((unsigned char)*text);
}

/* A-labels of a name without its trailing dot; NULL with err. Without memory
 * the program ends (mem.h): it is not the name that is wrong, and a file that
 * is taken for wrong loses its certificate. */
static char *to_ascii(const char *text, const char *name, struct error *err)
{
	cleanup(string) char *copy = mem_string(name);
	char *ascii = NULL;

	if (text_ends_with(copy, "."))
		copy[strlen(copy) - 1] = '\0';
	if (!*copy) {
		refuse(err, text, "is empty");
		return NULL;
	}
	int status = idn2_to_ascii_8z(copy, &ascii, IDN2_NONTRANSITIONAL);
	if (status == IDN2_MALLOC)
		abort();
	if (status != IDN2_OK) {
		fail(err, ERROR_REFUSED, "name '%s' is not valid: %s", text,
			idn2_strerror(status));
		return NULL;
	}
	lower_case(ascii);
	return ascii;
}

static bool parse_name(
	const char *text, struct identifier *out, struct error *err)
{
	bool wildcard = text_starts_with(text, WILDCARD);
	const char *name = wildcard ? text + strlen(WILDCARD) : text;
	struct identifier address;

	if (strchr(name, '*'))
		return refuse(
			err, text, "has a '*' that is not its first label");
	if (wildcard && parse_any_address(name, &address))
		return refuse(err, text, "is a wildcard of an IP address");
	cleanup(string) char *ascii = to_ascii(text, name, err);
	if (!ascii)
		return false;
	const char *fault = name_fault(ascii);
	if (fault)
		return refuse(err, text, fault);
	if (wildcard && !strchr(ascii, '.'))
		return refuse(err, text, "is a wildcard of a single label");
	if (wildcard && strlen(ascii) + strlen(WILDCARD) > NAME_MAX_BYTES)
		return refuse(err, text, "has more than 253 bytes");
	*out = (struct identifier){.type = IDENTIFIER_DNS};
	snprintf(out->value, sizeof(out->value), "%s%s",
		wildcard ? WILDCARD : "", ascii);
	return true;
}

static bool has_blank(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text <= ' ')
			return true;
	return false;
}

bool identifier_parse(
	const char *text, struct identifier *out, struct error *err)
{
	if (!*text)
		return refuse(err, text, "is empty");
	if (strlen(text) > TEXT_MAX)
		return refuse(err, text, "is too long");
	if (has_blank(text))
		return refuse(err, text, "has a blank in it");
	if (parse_any_address(text, out))
		return true;
	return parse_name(text, out, err);
}

bool identifier_is_wildcard(const struct identifier *identifier)
{
	return text_starts_with(identifier->value, WILDCARD);
}

const char *identifier_base(const struct identifier *identifier)
{
	size_t skip = identifier_is_wildcard(identifier) ? strlen(WILDCARD) : 0;

	return identifier->value + skip;
}

bool identifier_equal(const struct identifier *a, const struct identifier *b)
{
	if (a->type != b->type)
		return false;
	if (a->type == IDENTIFIER_DNS)
		return streq(a->value, b->value);
	return a->address_length == b->address_length &&
		memcmp(a->address, b->address, a->address_length) == 0;
}

bool identifier_covers(
	const struct identifier *pattern, const struct identifier *name)
{
	if (identifier_equal(pattern, name))
		return true;
	if (pattern->type != IDENTIFIER_DNS || name->type != IDENTIFIER_DNS ||
		!identifier_is_wildcard(pattern) ||
		identifier_is_wildcard(name))
		return false;
	const char *dot = strchr(name->value, '.');
	return dot && streq(dot + 1, identifier_base(pattern));
}

bool identifier_is_in(const struct identifier *list, size_t count,
	const struct identifier *wanted)
{
	for (size_t i = 0; i < count; i++)
		if (identifier_equal(&list[i], wanted))
			return true;
	return false;
}

static bool is_subset(const struct identifier *a, size_t a_count,
	const struct identifier *b, size_t b_count)
{
	for (size_t i = 0; i < a_count; i++)
		if (!identifier_is_in(b, b_count, &a[i]))
			return false;
	return true;
}

bool identifier_same_set(const struct identifier *a, size_t a_count,
	const struct identifier *b, size_t b_count)
{
	return is_subset(a, a_count, b, b_count) &&
		is_subset(b, b_count, a, a_count);
}

static const char *type_name(enum identifier_type type)
{
	return type == IDENTIFIER_IP ? "ip" : "dns";
}

json_t *identifier_to_json(const struct identifier *identifier)
{
	return json_pack("{s:s,s:s}", "type", type_name(identifier->type),
		"value", identifier->value);
}

bool identifier_from_json(
	const json_t *object, struct identifier *out, struct error *err)
{
	struct identifier found = {0};
	const char *type = member_string(object, "type", err);
	const char *value = type ? member_string(object, "value", err) : NULL;

	if (!value)
		return false;
	if (!identifier_parse(value, &found, err)) {
		if (err)
			err->kind = ERROR_TRANSIENT;
		return false;
	}
	if (!streq(type, type_name(found.type)))
		return fail(err, ERROR_TRANSIENT,
			"identifier '%s' is not of type '%s'", value, type);
	*out = found;
	return true;
}
