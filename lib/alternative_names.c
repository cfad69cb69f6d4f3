/* SPDX-License-Identifier: MIT */
#include "alternative_names.h"

#include "mem.h"
#include "text.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <string.h>

/* Ten times what any CA puts into one certificate. */
#define NAMES_MAX 1000

/* What X509_get_ext_d2i() says in place of the critical bit. */
#define EXTENSION_MISSING (-1)

DEFINE_CLEANUP(identifiers, struct identifier, free)

static bool set_address(GENERAL_NAME *name, const struct identifier *identifier)
{
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();

	if (!value ||
		!ASN1_OCTET_STRING_set(value, identifier->address,
			(int)identifier->address_length)) {
		ASN1_OCTET_STRING_free(value);
		return false;
	}
	GENERAL_NAME_set0_value(name, GEN_IPADD, value);
	return true;
}

static bool set_name(GENERAL_NAME *name, const struct identifier *identifier)
{
	ASN1_IA5STRING *value = ASN1_IA5STRING_new();

	if (!value || !ASN1_STRING_set(value, identifier->value, -1)) {
		ASN1_IA5STRING_free(value);
		return false;
	}
	GENERAL_NAME_set0_value(name, GEN_DNS, value);
	return true;
}

static bool push(GENERAL_NAMES *names, const struct identifier *identifier)
{
	GENERAL_NAME *name = GENERAL_NAME_new();
	bool is_set = name &&
		(identifier->type == IDENTIFIER_IP
				? set_address(name, identifier)
				: set_name(name, identifier));

	if (is_set && sk_GENERAL_NAME_push(names, name) > 0)
		return true;
	GENERAL_NAME_free(name);
	return false;
}

GENERAL_NAMES *alternative_names_new(
	const struct identifier *identifiers, size_t count)
{
	cleanup(general_names) GENERAL_NAMES *names = GENERAL_NAMES_new();

	if (!names)
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (!push(names, &identifiers[i]))
			return NULL;
	return take(names);
}

/* A name with a NUL in it reads as a shorter one: refuse it. */
static bool is_text(const ASN1_STRING *value)
{
	const unsigned char *bytes = ASN1_STRING_get0_data(value);

	for (int i = 0; i < ASN1_STRING_length(value); i++)
		if (bytes[i] <= ' ' || bytes[i] > '~')
			return false;
	return true;
}

static bool refuse_name(const ASN1_STRING *value, struct error *err)
{
	char shown[128];

	text_clean(shown, sizeof(shown),
		(const char *)ASN1_STRING_get0_data(value),
		(size_t)ASN1_STRING_length(value));
	return fail_cause(err, ERROR_TRANSIENT, "K6",
		"certificate has the name '%s', which is no text", shown);
}

static void read_name(
	const ASN1_STRING *value, struct identifier *identifiers, size_t *count)
{
	const char *text = (const char *)ASN1_STRING_get0_data(value);
	struct identifier *next = &identifiers[*count];

	if (identifier_parse(text, next, NULL) && next->type == IDENTIFIER_DNS)
		(*count)++;
}

static bool read_address(const ASN1_OCTET_STRING *value,
	struct identifier *identifiers, size_t *count)
{
	char text[INET6_ADDRSTRLEN];
	int length = ASN1_STRING_length(value);

	if (length != 4 && length != 16)
		return false;
	inet_ntop(length == 4 ? AF_INET : AF_INET6,
		ASN1_STRING_get0_data(value), text, sizeof(text));
	if (identifier_parse(text, &identifiers[*count], NULL))
		(*count)++;
	return true;
}

/* Appends the identifier of a general name, if it has one. */
static bool read_one(const GENERAL_NAME *name, struct identifier *identifiers,
	size_t *count, struct error *err)
{
	int type;
	const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &type);

	if (type == GEN_IPADD) {
		if (read_address(value, identifiers, count))
			return true;
		return fail_cause(err, ERROR_TRANSIENT, "K6",
			"certificate has an IP address of %d bytes",
			ASN1_STRING_length(value));
	}
	if (type != GEN_DNS)
		return true;
	if (!is_text(value))
		return refuse_name(value, err);
	read_name(value, identifiers, count);
	return true;
}

bool alternative_names_list(const GENERAL_NAMES *names,
	struct identifier **identifiers, size_t *count, struct error *err)
{
	int total = names ? sk_GENERAL_NAME_num(names) : 0;
	size_t found = 0;

	*identifiers = NULL;
	*count = 0;
	if (total > NAMES_MAX)
		return fail_cause(err, ERROR_TRANSIENT, "K6",
			"certificate has no list of names that can be read");
	cleanup(identifiers) struct identifier *list =
		mem_new(((size_t)total + 1) * sizeof(*list));
	for (int i = 0; i < total; i++)
		if (!read_one(
			    sk_GENERAL_NAME_value(names, i), list, &found, err))
			return false;
	*count = found;
	*identifiers = found ? take(list) : NULL;
	return true;
}

bool alternative_names_read(const X509 *certificate,
	struct identifier **identifiers, size_t *count, struct error *err)
{
	int critical;
	cleanup(general_names) GENERAL_NAMES *names = X509_get_ext_d2i(
		certificate, NID_subject_alt_name, &critical, NULL);

	*identifiers = NULL;
	*count = 0;
	if (!names && critical == EXTENSION_MISSING)
		return true;
	ERR_clear_error();
	if (!names)
		return fail_cause(err, ERROR_TRANSIENT, "K6",
			"certificate has no list of names that can be read");
	return alternative_names_list(names, identifiers, count, err);
}
