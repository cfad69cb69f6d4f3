/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a certificate is for: a DNS name, a wildcard or an IP address
 * (RFC 8555 section 9.7.7, RFC 8738), in the one form that acmed compares.
 */

#include "error.h"

#include <jansson.h>
#include <stddef.h>

enum identifier_type {
	IDENTIFIER_DNS,
	IDENTIFIER_IP,
};

/* A value: copy it as you like. */
struct identifier {
	enum identifier_type type;
	char value[256]; /* lower-case A-labels, "*." kept; RFC 5952 */
	unsigned char address[16]; /* of an IP address, network order */
	size_t address_length; /* 4, 16, or 0 for a DNS name */
};

/* Parses what a user wrote: IDNA to A-labels, lower case, no trailing dot,
 * an address in its canonical text. A name has two labels or more unless it
 * is "localhost". ERROR_REFUSED quotes the offender. */
bool identifier_parse(
	const char *text, struct identifier *out, struct error *err);

bool identifier_is_wildcard(const struct identifier *identifier);

/* May a public CA issue for it at all? Not for a name or an address that means
 * something else in every network (identifier_public.c). */
bool identifier_is_public(const struct identifier *identifier);

/* The name without "*.". Borrowed. */
const char *identifier_base(const struct identifier *identifier);

bool identifier_equal(const struct identifier *a, const struct identifier *b);

/* Does `pattern` (maybe a wildcard) cover `name` (RFC 6125: one label)? */
bool identifier_covers(
	const struct identifier *pattern, const struct identifier *name);

/* Does the list hold it? */
bool identifier_is_in(const struct identifier *list, size_t count,
	const struct identifier *wanted);

/* Do both lists hold the same identifiers, in any order? */
bool identifier_same_set(const struct identifier *a, size_t a_count,
	const struct identifier *b, size_t b_count);

/* {"type":"dns","value":"example.com"}: a new reference. */
json_t *identifier_to_json(const struct identifier *identifier);
bool identifier_from_json(
	const json_t *object, struct identifier *out, struct error *err);
