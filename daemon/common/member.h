/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Members that are left out where they do not apply: texts, times in
 * RFC 3339 UTC, lists of identifiers.
 */

#include "identifier.h"

#include <jansson.h>

/* Nothing for NULL and "". */
void member_put_text(json_t *object, const char *name, const char *value);

/* Nothing for 0 and what lies before, and for INT64_MAX. */
void member_put_time(json_t *object, const char *name, int64_t when);

/* 0 when it is missing or no date. */
int64_t member_time(const json_t *object, const char *name);

/* At least 0, at most INT32_MAX; 0 when it is missing or no number. */
unsigned member_count(const json_t *object, const char *name);

/* Seconds to wait, at most seven days; 0 when it is missing or no number. */
double member_wait(const json_t *object, const char *name);

/* Takes the value; nothing for NULL. */
void member_put(json_t *object, const char *name, json_t *value);

/* ["example.org", ...]: a new reference. */
json_t *member_identifiers(const struct identifier *identifiers, size_t count);

/* Adds "cause" and "remedy", the sentences of its "code", where it has one:
 * the state keeps failures without them. */
void member_explain(json_t *failure);
