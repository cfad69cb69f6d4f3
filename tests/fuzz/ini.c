/* SPDX-License-Identifier: MIT */

/*
 * The form of the configuration: lines come in their order, every string is
 * UTF-8 without control characters, and a mistake ends nothing.
 */

#include "ini.h"

#include "fuzz.h"
#include "mem.h"
#include "text.h"

#include <string.h>

struct seen {
	unsigned number; /* of the last line */
	unsigned lines; /* that there are */
	bool has_section;
};

static void check_place(struct seen *seen, unsigned number)
{
	fuzz_check(number >= 1 && number <= seen->lines);
	fuzz_check(number >= seen->number);
	seen->number = number;
}

static void check_string(const char *string)
{
	fuzz_check(string != NULL);
	for (; *string; string++)
		fuzz_check(*string == '\t' ||
			((unsigned char)*string >= ' ' && *string != 0x7f));
}

static void on_line(void *data, const struct ini_line *line)
{
	struct seen *seen = data;

	check_place(seen, line->number);
	check_string(line->section);
	check_string(line->argument);
	if (!line->key) {
		seen->has_section = true;
		return;
	}
	fuzz_check(seen->has_section && *line->key);
	check_string(line->key);
	check_string(line->value);
	fuzz_check(strlen(line->value) <= INI_LINE_MAX);
}

static void on_mistake(void *data, unsigned number, const char *message)
{
	check_place(data, number);
	fuzz_check_text(message);
}

void fuzz_ini(const uint8_t *bytes, size_t length)
{
	struct seen seen = {.lines = 1};
	cleanup(string) char *text = fuzz_string(bytes, length);

	for (size_t i = 0; i < length; i++)
		seen.lines += text[i] == '\n';
	ini_read(text, length, on_line, on_mistake, &seen);
}
