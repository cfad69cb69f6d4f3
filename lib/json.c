/* SPDX-License-Identifier: MIT */
#include "json.h"

#include "mem.h"

#include <math.h>

#define JSON_MAX_DEPTH 16

static void *allocate(size_t size)
{
	void *memory = malloc(size);

	if (!memory)
		abort();
	return memory;
}

void json_end_without_memory(void)
{
	json_set_alloc_funcs(allocate, free);
}

/* jansson nests 2048 levels deep, so count before it parses. */
static bool is_too_deep(const char *bytes, size_t length)
{
	int depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < length; i++) {
		char c = bytes[i];
		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (quoted)
			continue;
		else if ((c == '{' || c == '[') && ++depth > JSON_MAX_DEPTH)
			return true;
		else if (c == '}' || c == ']')
			depth--;
	}
	return false;
}

json_t *json_read(
	const char *bytes, size_t length, const char *what, struct error *err)
{
	json_error_t problem;

	if (is_too_deep(bytes, length)) {
		fail(err, ERROR_TRANSIENT, "%s is nested too deeply", what);
		return NULL;
	}
	json_t *value =
		json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &problem);
	if (!value)
		fail(err, ERROR_TRANSIENT, "%s is not JSON: line %d: %s", what,
			problem.line, problem.text);
	return value;
}

char *json_write(const json_t *value)
{
	return json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
}

static const char *type_name(json_type type)
{
	switch (type) {
	case JSON_OBJECT:
		return "object";
	case JSON_ARRAY:
		return "array";
	case JSON_STRING:
		return "string";
	case JSON_INTEGER:
	case JSON_REAL:
		return "number";
	case JSON_TRUE:
	case JSON_FALSE:
		return "truth value";
	case JSON_NULL:
		return "null";
	}
	return "value";
}

static const json_t *member(const json_t *object, const char *name,
	json_type type, struct error *err)
{
	const json_t *value = json_object_get(object, name);

	if (value && json_typeof(value) == type)
		return value;
	if (value)
		fail(err, ERROR_TRANSIENT, "member '%s' is no %s", name,
			type_name(type));
	else
		fail(err, ERROR_TRANSIENT, "member '%s' is missing", name);
	return NULL;
}

const char *member_string(
	const json_t *object, const char *name, struct error *err)
{
	return json_string_value(member(object, name, JSON_STRING, err));
}

const char *member_string_or(
	const json_t *object, const char *name, const char *otherwise)
{
	const json_t *value = json_object_get(object, name);

	return json_is_string(value) ? json_string_value(value) : otherwise;
}

const json_t *member_array(
	const json_t *object, const char *name, struct error *err)
{
	return member(object, name, JSON_ARRAY, err);
}

const json_t *member_object(
	const json_t *object, const char *name, struct error *err)
{
	return member(object, name, JSON_OBJECT, err);
}

int64_t member_integer_or(
	const json_t *object, const char *name, int64_t otherwise)
{
	const json_t *value = json_object_get(object, name);

	if (json_is_integer(value))
		return json_integer_value(value);
	double real = json_is_real(value) ? json_real_value(value) : NAN;
	if (real > -0x1p63 && real < 0x1p63)
		return (int64_t)real;
	return otherwise;
}

double member_real_or(const json_t *object, const char *name, double otherwise)
{
	const json_t *value = json_object_get(object, name);

	return json_is_number(value) ? json_number_value(value) : otherwise;
}

bool member_bool_or(const json_t *object, const char *name, bool otherwise)
{
	const json_t *value = json_object_get(object, name);

	return json_is_boolean(value) ? json_boolean_value(value) : otherwise;
}
