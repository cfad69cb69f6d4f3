/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * CAA records: which CA may issue for a name (RFC 8659), by which account and
 * which method (RFC 8657). The owner looks the records up and climbs; here is
 * what they say.
 */

#include "error.h"

#include <jansson.h>
#include <stddef.h>

#define CAA_VALUE_MAX 1024
#define CAA_RECORDS_MAX 64

struct caa_record {
	bool is_critical;
	char tag[16]; /* lower case; "" for one that is longer */
	char value[CAA_VALUE_MAX]; /* "" for one that is longer: nobody */
};

/* All records at one name. */
struct caa_set {
	size_t count; /* at most CAA_RECORDS_MAX are kept */
	struct caa_record records[CAA_RECORDS_MAX];
};

/* Adds one from its wire form (RFC 8659 section 4.1). Nonsense forbids. */
void caa_add(struct caa_set *set, const unsigned char *data, size_t length);

struct caa_wish {
	const json_t *issuers; /* names that the CA goes by; borrowed array */
	const char *account; /* URL; NULL: not known, any will do */
	const char *method; /* "http-01" */
	bool is_wildcard;
};

/* May it be issued, by what stands at `name`? Else REFUSED, D8, with who may.
 * A set without records says nothing: climb, and ask the name above. */
bool caa_allows(const struct caa_set *set, const struct caa_wish *wish,
	const char *name, struct error *err);

/* The value that pins an account and a method at a CA: `ca.example;
 * accounturi=...; validationmethods=...`. Free it; NULL without memory. */
char *caa_pin(const char *issuer, const char *account, const char *method);
