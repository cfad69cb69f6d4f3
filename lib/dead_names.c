/* SPDX-License-Identifier: MIT */
#include "dead_names.h"

#include "span.h"
#include "text.h"

#define DAY ((int64_t)86400)

void dead_names_mark(json_t **marks, const char *name, int64_t now)
{
	if (!*marks)
		*marks = json_object();
	if (!json_object_get(*marks, name))
		json_object_set_new(*marks, name, json_integer(now));
}

int64_t dead_names_since(const json_t *marks, const char *name)
{
	return json_integer_value(json_object_get(marks, name));
}

static bool is_dead(const struct dead_names *names, size_t i)
{
	return dead_names_since(names->marks, names->identifiers[i].value) > 0;
}

static size_t count_dead(const struct dead_names *names)
{
	size_t dead = 0;

	for (size_t i = 0; i < names->count; i++)
		dead += is_dead(names, i);
	return dead;
}

bool dead_names_may_go(const struct dead_names *names, int64_t now)
{
	size_t dead = count_dead(names);

	if (!dead || dead == names->count || is_dead(names, 0) ||
		!names->not_after)
		return false;
	if (names->is_reduced)
		return now < dead_names_retry(names);
	return now >= span_after(names->not_after, -(names->slack / 2));
}

int64_t dead_names_retry(const struct dead_names *names)
{
	if (!names->is_reduced)
		return INT64_MAX;
	return span_after(names->tried_all, DAY);
}

bool dead_names_are_old(int64_t not_after, int64_t now)
{
	return now > span_after(not_after, 30 * DAY);
}

json_t *dead_names_list(const struct dead_names *names)
{
	json_t *list = json_array();

	for (size_t i = 0; i < names->count; i++)
		if (is_dead(names, i))
			json_array_append_new(
				list, json_string(names->identifiers[i].value));
	return list;
}
