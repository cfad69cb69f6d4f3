/* SPDX-License-Identifier: MIT */
#include "ini.h"

#include "mem.h"
#include "text.h"

#define BLANKS " \t"

struct reader {
	const char *at; /* the next line */
	const char *end;
	unsigned number; /* of the next line */
	char *section; /* owned; NULL before the first one */
	char *argument; /* owned */
	bool is_skipping; /* behind a section that cannot be read */
	void (*on_line)(void *data, const struct ini_line *line);
	void (*on_mistake)(void *data, unsigned number, const char *message);
	void *data;
};

static void trim_end(char *text)
{
	size_t length = strlen(text);

	while (length > 0 && strchr(BLANKS, text[length - 1]))
		text[--length] = '\0';
}

static char *trim(char *text)
{
	trim_end(text);
	return text + strspn(text, BLANKS);
}

static bool is_readable(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length;) {
		size_t step = bytes[i] == '\t'
			? 1
			: text_character_length(bytes + i, length - i);
		if (step == 0)
			return false;
		i += step;
	}
	return true;
}

static void report(struct reader *reader, unsigned number, const char *message)
{
	reader->on_mistake(reader->data, number, message);
}

/* "[CA letsencrypt]" without its brackets, cut in two in place. */
static void open_section(struct reader *reader, unsigned number, char *header)
{
	char *name = trim(header);
	char *argument = name + strcspn(name, BLANKS);

	if (*argument)
		*argument++ = '\0';
	free(reader->section);
	free(reader->argument);
	reader->section = mem_string(name);
	reader->argument = mem_string(trim(argument));
	reader->is_skipping = !*name;
	if (reader->is_skipping)
		report(reader, number, "a section without a name");
	else
		reader->on_line(reader->data,
			&(struct ini_line){.section = reader->section,
				.argument = reader->argument,
				.number = number});
}

static void read_section(struct reader *reader, unsigned number, char *line)
{
	size_t length = strlen(line);

	if (line[length - 1] == ']' && strcspn(line + 1, "[]") == length - 2) {
		line[length - 1] = '\0';
		open_section(reader, number, line + 1);
		return;
	}
	reader->is_skipping = true;
	report(reader, number, "a section is '[Name]' or '[Name argument]'");
}

static void read_assignment(struct reader *reader, unsigned number, char *line)
{
	char *equals = strchr(line, '=');

	if (reader->is_skipping)
		return;
	if (!equals) {
		report(reader, number, "neither a section nor 'Key=value'");
		return;
	}
	*equals = '\0';
	trim_end(line);
	if (!*line)
		report(reader, number, "a value without a key");
	else if (!reader->section)
		report(reader, number, "a key before the first section");
	else
		reader->on_line(reader->data,
			&(struct ini_line){.section = reader->section,
				.argument = reader->argument,
				.key = line,
				.value = trim(equals + 1),
				.number = number});
}

/* One line of the file, without its "\n" or "\r\n"; false after the last. */
static bool next_line(struct reader *reader, const char **line, size_t *length)
{
	if (reader->at >= reader->end)
		return false;
	const char *newline =
		memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
	*line = reader->at;
	*length = (size_t)((newline ? newline : reader->end) - reader->at);
	if (*length > 0 && (*line)[*length - 1] == '\r')
		--*length;
	reader->at = newline ? newline + 1 : reader->end;
	reader->number++;
	return true;
}

static bool is_comment(const char *line, size_t length)
{
	while (length > 0 && strchr(BLANKS, *line) && *line) {
		line++;
		length--;
	}
	return length > 0 && (*line == '#' || *line == ';');
}

/* Takes off the backslash that joins a line to the next one. */
static bool continues(const char *line, size_t *length)
{
	if (*length == 0 || line[*length - 1] != '\\')
		return false;
	--*length;
	return true;
}

/* Puts a line and those that continue it into `whole`; comments between them
 * are left out. False after the last one. */
static bool read_whole(struct reader *reader, struct text *whole,
	unsigned *number, bool *is_broken)
{
	const char *line;
	size_t length;
	bool goes_on = false;

	*is_broken = false;
	*number = reader->number + 1;
	while (next_line(reader, &line, &length)) {
		if (is_comment(line, length)) {
			if (goes_on)
				continue;
			return true;
		}
		goes_on = continues(line, &length);
		*is_broken |= !is_readable(line, length);
		text_add_bytes(whole, line, length);
		if (!goes_on)
			return true;
		text_add(whole, " ");
	}
	return goes_on;
}

static void read_line(struct reader *reader, unsigned number, char *whole)
{
	char *line = trim(whole);

	if (*line == '[')
		read_section(reader, number, line);
	else if (*line)
		read_assignment(reader, number, line);
}

static void read_all(struct reader *reader)
{
	bool is_broken;
	unsigned number;

	for (;;) {
		struct text whole cleanup_text_value = {.limit = INI_LINE_MAX};
		if (!read_whole(reader, &whole, &number, &is_broken))
			return;
		if (whole.failed)
			report(reader, number, "the line is too long");
		else if (is_broken)
			report(reader, number,
				"not UTF-8, or an invisible character");
		else if (whole.data)
			read_line(reader, number, whole.data);
	}
}

void ini_read(const char *bytes, size_t length,
	void (*on_line)(void *data, const struct ini_line *line),
	void (*on_mistake)(void *data, unsigned number, const char *message),
	void *data)
{
	struct reader reader = {
		.at = bytes,
		.end = length ? bytes + length : bytes,
		.on_line = on_line,
		.on_mistake = on_mistake,
		.data = data,
	};

	if (length == 0)
		return;
	if (length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		reader.at += 3;
	read_all(&reader);
	free(reader.section);
	free(reader.argument);
}
