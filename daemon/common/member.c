/* SPDX-License-Identifier: MIT */
#include "member.h"

#include "diagnosis.h"
#include "json.h"
#include "timestamp.h"

#define WAIT_MAX (7 * 86400.0)

void member_put(json_t *object, const char *name, json_t *value)
{
	if (value)
		json_object_set_new(object, name, value);
}

void member_put_text(json_t *object, const char *name, const char *value)
{
	if (value && *value)
		member_put(object, name, json_string(value));
}

void member_put_time(json_t *object, const char *name, int64_t when)
{
	char text[TIMESTAMP_SIZE];

	if (when <= 0 || when == INT64_MAX)
		return;
	timestamp_format(when, text);
	member_put_text(object, name, text);
}

int64_t member_time(const json_t *object, const char *name)
{
	int64_t when = 0;

	if (!timestamp_parse(member_string_or(object, name, ""), &when))
		return 0;
	return when;
}

unsigned member_count(const json_t *object, const char *name)
{
	int64_t count = member_integer_or(object, name, 0);

	if (count < 0)
		return 0;
	return count > INT32_MAX ? INT32_MAX : (unsigned)count;
}

double member_wait(const json_t *object, const char *name)
{
	double wait = member_real_or(object, name, 0);

	if (!(wait > 0))
		return 0;
	return wait < WAIT_MAX ? wait : WAIT_MAX;
}

json_t *member_identifiers(const struct identifier *identifiers, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_string(identifiers[i].value));
	return list;
}

void member_explain(json_t *failure)
{
	const struct diagnosis *cause =
		diagnosis_find(member_string_or(failure, "code", ""));

	if (!cause)
		return;
	member_put_text(failure, "cause", cause->sentence);
	member_put_text(failure, "remedy", cause->remedy);
}
