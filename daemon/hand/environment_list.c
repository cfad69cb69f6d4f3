/* SPDX-License-Identifier: MIT */
#include "environment_list.h"

#include "mem.h"

#define BLANKS " \t\r"
#define NAME_FIRST "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
#define NAME_REST NAME_FIRST "0123456789"

static char **find(const struct strings *list, const char *name, size_t length)
{
	for (size_t i = 0; i < list->count; i++)
		if (strncmp(list->items[i], name, length) == 0 &&
			list->items[i][length] == '=')
			return &list->items[i];
	return NULL;
}

static void set(struct strings *list, const char *name, size_t name_length,
	const char *value, size_t length)
{
	char **old = find(list, name, name_length);
	cleanup(string) char *item = mem_format(
		"%.*s=%.*s", (int)name_length, name, (int)length, value);

	if (!old) {
		strings_add(list, item);
		return;
	}
	free(*old);
	*old = take(item);
}

void environment_list_set(
	struct strings *list, const char *name, const char *value)
{
	set(list, name, strlen(name), value, strlen(value));
}

const char *environment_list_get(const struct strings *list, const char *name)
{
	char **item = find(list, name, strlen(name));

	return item ? *item + strlen(name) + 1 : NULL;
}

/* Without blanks at the end, and quotes around it. */
static bool read_value(struct strings *list, const char *name,
	size_t name_length, const char *value, size_t length)
{
	while (length && strchr(BLANKS, value[length - 1]))
		length--;
	bool is_quoted = length && (*value == '"' || *value == '\'');
	if (is_quoted && (length < 2 || value[length - 1] != *value))
		return false;
	set(list, name, name_length, value + is_quoted, length - 2 * is_quoted);
	return true;
}

static bool read_line(struct strings *list, const char *line, size_t length)
{
	size_t blanks = strspn(line, BLANKS);

	line += blanks;
	if (blanks >= length || *line == '#' || *line == ';')
		return true;
	length -= blanks;
	size_t name_length = strspn(line, NAME_REST);
	if (!name_length || !strchr(NAME_FIRST, *line) ||
		name_length >= length || line[name_length] != '=')
		return false;
	return read_value(list, line, name_length, line + name_length + 1,
		length - name_length - 1);
}

bool environment_list_read(
	struct strings *list, const char *text, struct error *err)
{
	for (unsigned number = 1; *text; number++) {
		size_t length = strcspn(text, "\n");
		if (!read_line(list, text, length))
			return fail(err, ERROR_REFUSED,
				"line %u is no 'NAME=value'", number);
		text += length;
		text += *text == '\n';
	}
	return true;
}
