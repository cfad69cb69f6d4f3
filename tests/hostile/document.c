/* SPDX-License-Identifier: MIT */
#include "document.h"

#include "mem.h"
#include "text.h"

#define MARK "@value@"

static json_t *step_into(json_t *at, const char *name)
{
	if (json_is_array(at))
		return json_array_get(at, strtoul(name, NULL, 10));
	return json_object_get(at, name);
}

/* The parent of what the path names; `path` becomes its last name. */
static json_t *find_parent(json_t *at, char **path)
{
	for (char *slash; (slash = strchr(*path, '/')); *path = slash + 1) {
		*slash = '\0';
		at = step_into(at, *path);
	}
	return at;
}

static bool put(json_t *parent, const char *name, bool has_value)
{
	json_t *mark = has_value ? json_string(MARK) : NULL;
	size_t index = strtoul(name, NULL, 10);

	if (json_is_array(parent))
		return mark ? !json_array_set_new(parent, index, mark)
			    : !json_array_remove(parent, index);
	if (mark)
		return !json_object_set_new(parent, name, mark);
	json_object_del(parent, name);
	return json_is_object(parent);
}

char *hostile_document(const json_t *base, const char *path, const char *value)
{
	cleanup(json) json_t *copy = json_deep_copy(base);
	cleanup(string) char *name = mem_string(path);
	char *last = name;
	json_t *parent = find_parent(copy, &last);

	if (!put(parent, last, *value))
		return NULL;
	char *text = json_dumps(copy, JSON_COMPACT);
	char *mark = text ? strstr(text, "\"" MARK "\"") : NULL;
	if (!mark)
		return text;
	*mark = '\0';
	char *whole =
		text_format("%s%s%s", text, value, mark + strlen(MARK) + 2);
	free(text);
	return whole;
}
