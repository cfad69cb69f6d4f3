/* SPDX-License-Identifier: MIT */
#include "bytes.h"

#include <ctype.h>
#include <stdlib.h>

static int digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : tolower(c) - 'a' + 10;
}

static const char *add_byte(struct text *out, const char *from, const char *end)
{
	if (end - from < 3 || !isxdigit((unsigned char)from[1]) ||
		!isxdigit((unsigned char)from[2])) {
		out->failed = true;
		return end;
	}
	char byte = (char)(digit(from[1]) * 16 + digit(from[2]));
	text_add_bytes(out, &byte, 1);
	return from + 3;
}

/* The '>' that belongs to the '<' at `from`, or NULL. */
static const char *find_end(const char *from, const char *end)
{
	int depth = 0;

	for (; from < end; from++) {
		depth += *from == '<';
		if (*from == '>' && --depth == 0)
			return from;
	}
	return NULL;
}

static const char *add_plain(
	struct text *out, const char *from, const char *end)
{
	const char *stop = from;

	while (stop < end && *stop != '%' && *stop != '<')
		stop++;
	text_add_bytes(out, from, (size_t)(stop - from));
	return stop;
}

static const char *add_many(struct text *out, const char *from, const char *end)
{
	const char *close = find_end(from, end);
	char *star;
	unsigned long count = strtoul(from + 1, &star, 10);

	if (!close || *star != '*') {
		out->failed = true;
		return end;
	}
	struct text one cleanup_text_value = {0};
	hostile_bytes_add(&one, star + 1, close);
	for (; one.length && count && !out->failed; count--)
		text_add_bytes(out, one.data, one.length);
	out->failed |= one.failed;
	return close + 1;
}

void hostile_bytes_add(struct text *out, const char *from, const char *end)
{
	while (from < end && !out->failed) {
		if (*from == '%')
			from = add_byte(out, from, end);
		else if (*from == '<')
			from = add_many(out, from, end);
		else
			from = add_plain(out, from, end);
	}
}
