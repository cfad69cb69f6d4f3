/* SPDX-License-Identifier: MIT */
#include "table_cell.h"

#include "json.h"
#include "state_word.h"
#include "text.h"
#include "timestamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_WIDTH 100
#define LEAST_WIDTH 40

int table_width(void)
{
	struct winsize size;
	const char *columns = getenv("COLUMNS");
	int width = columns ? atoi(columns) : 0;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
		width = size.ws_col;
	return width >= LEAST_WIDTH ? width : DEFAULT_WIDTH;
}

void table_fold(int indent, const char *text)
{
	int width = table_width() - indent;

	while ((int)strlen(text) > width) {
		int end = width;
		while (end > 0 && text[end] != ' ')
			end--;
		if (end == 0)
			break;
		printf("%*s%.*s\n", indent, "", end, text);
		text += end + 1;
	}
	printf("%*s%s\n", indent, "", text);
}

const char *table_colour(const char *state)
{
	if (!isatty(STDOUT_FILENO) || getenv("NO_COLOR"))
		return "";
	if (streq(state, "STATE"))
		return "";
	if (streq(state, "ok"))
		return "\033[32m";
	if (state_is_bad(state))
		return "\033[31m";
	return "\033[33m";
}

const char *table_colour_end(const char *state)
{
	return *table_colour(state) ? "\033[0m" : "";
}

/* Time from now to a member that is a date, "" without one. */
static void until(
	const json_t *object, const char *name, char out[static DURATION_SIZE])
{
	int64_t when;

	out[0] = '\0';
	if (timestamp_parse(member_string_or(object, name, ""), &when))
		duration_format(when - time(NULL), out);
}

const json_t *table_error(const json_t *certificate)
{
	const json_t *error = json_object_get(certificate, "error");

	if (error)
		return error;
	return json_object_get(json_object_get(certificate, "deploy"), "error");
}

void table_next(const json_t *certificate, char *out, size_t size)
{
	char wait[DURATION_SIZE];

	until(certificate, "next", wait);
	snprintf(out, size, "%s%s%s",
		member_string_or(certificate, "action", "unknown"),
		*wait ? " in " : "", wait);
}

void table_left(const json_t *certificate, char out[static DURATION_SIZE])
{
	const json_t *installed = json_object_get(certificate, "installed");

	out[0] = '\0';
	if (!json_is_true(json_object_get(installed, "placeholder")))
		until(installed, "not_after", out);
}
