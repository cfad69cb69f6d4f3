/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Members of a JSON object by name, with a message that says which one is
 * missing or of the wrong type. jansson does the parsing; this caps it.
 */

#include "error.h"

#include <jansson.h>

/* For every program, before anything else of this: without memory jansson
 * loses bytes of a string and says nothing, so that the program ends instead
 * (mem.h). */
void json_end_without_memory(void);

/* Parses bytes from outside: at most 16 levels deep (RFC 8259), no duplicate
 * members, no NUL, UTF-8. A new reference, or NULL with err (ERROR_TRANSIENT;
 * `what` names the document in the message). */
json_t *json_read(
	const char *bytes, size_t length, const char *what, struct error *err);

/* Compact text of a value, members in the order of their insertion; free it
 * with free(). NULL without memory. */
char *json_write(const json_t *value);

/* A string member. NULL with err when it is missing or no string; borrowed
 * from the object. */
const char *member_string(
	const json_t *object, const char *name, struct error *err);

/* The same, but `otherwise` when the member is missing, null or no string. */
const char *member_string_or(
	const json_t *object, const char *name, const char *otherwise);

/* An array or object member, borrowed; NULL with err. */
const json_t *member_array(
	const json_t *object, const char *name, struct error *err);
const json_t *member_object(
	const json_t *object, const char *name, struct error *err);

/* Numbers and truth values with a default. A real number is cut. */
int64_t member_integer_or(
	const json_t *object, const char *name, int64_t otherwise);
double member_real_or(const json_t *object, const char *name, double otherwise);
bool member_bool_or(const json_t *object, const char *name, bool otherwise);
