/* SPDX-License-Identifier: MIT */
#include "table.h"

#include "json.h"
#include "table_cell.h"

#include <stdio.h>
#include <string.h>

#define MOST_OF_NAME 32
#define MOST_OF_STATE 22
#define LEFT_WIDTH 8 /* "-60d 23h" */
#define NEXT_WIDTH 18
#define GAPS 6 /* two blanks between four columns */

/* Of the table that is being printed. */
struct widths {
	int all;
	int name;
	int state;
};

/* Of the longest value of a member, and of its title. */
static int column_width(
	const json_t *certificates, const char *member, int least, int most)
{
	int width = least;

	for (size_t i = 0; i < json_array_size(certificates); i++) {
		size_t length = strlen(member_string_or(
			json_array_get(certificates, i), member, ""));
		if (length > (size_t)width)
			width = length < (size_t)most ? (int)length : most;
	}
	return width;
}

/* On a narrow terminal names give way. */
static struct widths measure(const json_t *certificates)
{
	struct widths widths = {
		.all = table_width(),
		.name = column_width(certificates, "name", 4, MOST_OF_NAME),
		.state = column_width(certificates, "state", 5, MOST_OF_STATE),
	};
	int rest = widths.all - LEFT_WIDTH - widths.state - NEXT_WIDTH - GAPS;

	if (widths.name > rest)
		widths.name = rest > 12 ? rest : 12;
	return widths;
}

/* What was cut ends in a mark. */
static void fit(char *out, size_t size, int width, const char *text)
{
	int length = (int)strlen(text);

	if (length <= width)
		snprintf(out, size, "%-*s", width, text);
	else
		snprintf(out, size, "%.*s~", width - 1, text);
}

static void print_line(const struct widths *widths, const char *name,
	const char *left, const char *state, const char *rest)
{
	int room =
		widths->all - widths->name - LEFT_WIDTH - widths->state - GAPS;
	char names[MOST_OF_NAME + 1], states[MOST_OF_STATE + 1];

	fit(names, sizeof(names), widths->name, name);
	fit(states, sizeof(states), widths->state, state);
	printf("%s  %-*s  %s%s%s  %.*s\n", names, LEFT_WIDTH, left,
		table_colour(state), states, table_colour_end(state), room,
		rest);
}

static void print_row(const json_t *certificate, const struct widths *widths)
{
	char left[DURATION_SIZE], next[64];
	char rest[600];

	table_left(certificate, left);
	table_next(certificate, next, sizeof(next));
	snprintf(rest, sizeof(rest), "%-*s %s", NEXT_WIDTH, next,
		member_string_or(table_error(certificate), "text", ""));
	size_t length = strlen(rest);
	while (length && rest[length - 1] == ' ')
		rest[--length] = '\0';
	print_line(widths, member_string_or(certificate, "name", ""),
		*left ? left : "-", member_string_or(certificate, "state", ""),
		rest);
}

/* What is to be done about it, or NULL. */
static const char *remedy_of(const json_t *certificate)
{
	const json_t *error = table_error(certificate);
	const char *file =
		member_string_or(certificate, "waits_for_file", NULL);

	if (error)
		return member_string_or(
			error, "remedy", member_string_or(error, "text", ""));
	if (file)
		return file;
	return member_string_or(certificate, "problem", NULL);
}

/* The worst first: what needs somebody, in the order of what is left. */
static const json_t *first_to_mend(const json_t *certificates)
{
	const json_t *worst = NULL;
	const char *date = "9999";

	for (size_t i = 0; i < json_array_size(certificates); i++) {
		const json_t *one = json_array_get(certificates, i);
		const char *not_after = member_string_or(
			json_object_get(one, "installed"), "not_after", "0000");
		if (!remedy_of(one) || strcmp(not_after, date) >= 0)
			continue;
		worst = one;
		date = not_after;
	}
	return worst;
}

static void print_advice(const json_t *certificate)
{
	char line[2048];

	if (!certificate)
		return;
	snprintf(line, sizeof(line), "To do first: %s: %s",
		member_string_or(certificate, "name", ""),
		remedy_of(certificate));
	putchar('\n');
	table_fold(0, line);
}

void table_print(const json_t *certificates)
{
	struct widths widths = measure(certificates);

	if (!json_array_size(certificates)) {
		puts("no certificates; acmectl add NAME makes one");
		return;
	}
	print_line(&widths, "NAME", "LEFT", "STATE",
		"NEXT               LAST ERROR");
	for (size_t i = 0; i < json_array_size(certificates); i++)
		print_row(json_array_get(certificates, i), &widths);
	print_advice(first_to_mend(certificates));
}
