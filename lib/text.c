/* SPDX-License-Identifier: MIT */
#include "text.h"

#include "mem.h"
#include "text_secret.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#define TEXT_LIMIT (1024 * 1024)
#define TEXT_FIRST_CAPACITY 64

/* Longer words are never a near miss of a keyword. */
#define DISTANCE_MAX 64
#define SECRET_SHOWN 4

bool text_starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends_with(const char *text, const char *suffix)
{
	size_t text_length = strlen(text);
	size_t length = strlen(suffix);

	return text_length >= length &&
		streq(text + text_length - length, suffix);
}

/* Makes room for `length` more bytes and the NUL. */
static bool reserve(struct text *text, size_t length)
{
	size_t limit = text->limit ? text->limit : TEXT_LIMIT;

	if (text->failed || length > limit || text->length > limit - length)
		return false;
	size_t needed = text->length + length + 1;
	if (needed <= text->capacity)
		return true;
	size_t capacity =
		text->capacity ? text->capacity * 2 : TEXT_FIRST_CAPACITY;
	if (capacity < needed)
		capacity = needed;
	text->data = mem_resize(text->data, capacity, 1);
	text->capacity = capacity;
	return true;
}

void text_add_bytes(struct text *text, const void *bytes, size_t length)
{
	if (!reserve(text, length)) {
		text->failed = true;
		return;
	}
	if (length)
		memcpy(text->data + text->length, bytes, length);
	text->length += length;
	text->data[text->length] = '\0';
}

void text_add(struct text *text, const char *string)
{
	text_add_bytes(text, string, strlen(string));
}

__attribute__((format(printf, 1, 0))) static char *format_list(
	const char *format, va_list arguments)
{
	char *string = NULL;

	if (vasprintf(&string, format, arguments) < 0)
		return NULL;
	return string;
}

void text_addf(struct text *text, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	cleanup(string) char *string = format_list(format, arguments);
	va_end(arguments);
	if (!string)
		abort();
	text_add(text, string);
}

char *text_take(struct text *text)
{
	text_add(text, "");
	char *data = text->failed ? NULL : take(text->data);
	text_clear(text);
	return data;
}

void text_clear(struct text *text)
{
	free(text->data);
	*text = (struct text){.limit = text->limit};
}

char *text_format(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	char *string = format_list(format, arguments);
	va_end(arguments);
	return string;
}

/* Bytes of the sequence that a lead byte announces, 0 for no lead byte. */
static size_t sequence_length(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef)
		return 3;
	if (lead >= 0xf0 && lead <= 0xf4)
		return 4;
	return 0;
}

/* Control characters, and those that hide or turn round what follows. */
static bool is_deceptive(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point <= 0x9f) ||
		(point >= 0x200b && point <= 0x200f) ||
		(point >= 0x2028 && point <= 0x202e) ||
		(point >= 0x2060 && point <= 0x206f) || point == 0xfeff;
}

/* Shorter forms of a sequence exist, or it is half of a UTF-16 pair, or
 * beyond Unicode (RFC 3629 section 3). */
static bool is_misspelt(uint32_t point, size_t length)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};

	return point < least[length] || point > 0x10ffff ||
		(point >= 0xd800 && point <= 0xdfff);
}

size_t text_character_length(const char *text, size_t left)
{
	const unsigned char *bytes = (const unsigned char *)text;
	size_t length = sequence_length(*bytes);

	if (length == 0 || length > left)
		return 0;
	uint32_t point =
		length == 1 ? *bytes : *bytes & (0xffU >> (length + 1));
	for (size_t i = 1; i < length; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (bytes[i] & 0x3f);
	}
	if (is_misspelt(point, length) || is_deceptive(point))
		return 0;
	return length;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Where a cleaned string grows. */
struct cleaner {
	char *out;
	size_t size;
	size_t length;
	size_t keep; /* bytes that leave room for the dots */
	bool blank; /* a blank is due before the next character */
};

static bool append(struct cleaner *cleaner, const char *bytes, size_t length)
{
	size_t blank = cleaner->blank && cleaner->length ? 1 : 0;

	if (cleaner->length + blank + length >= cleaner->size)
		return false;
	if (blank)
		cleaner->out[cleaner->length++] = ' ';
	memcpy(cleaner->out + cleaner->length, bytes, length);
	cleaner->length += length;
	cleaner->blank = false;
	if (cleaner->length + sizeof("...") <= cleaner->size)
		cleaner->keep = cleaner->length;
	return true;
}

/* Appends the character at `bytes`; 0 when there is no more room. */
static size_t clean_one(struct cleaner *cleaner, const char *bytes, size_t left)
{
	if (is_space(*bytes)) {
		cleaner->blank = true;
		return 1;
	}
	size_t length = text_character_length(bytes, left);
	if (length)
		return append(cleaner, bytes, length) ? length : 0;
	return append(cleaner, "?", 1) ? 1 : 0;
}

/* The front of a secret is enough to tell it from another one. */
static size_t clean_secret(
	struct cleaner *cleaner, const char *bytes, size_t at, size_t length)
{
	size_t secret = text_secret_length(bytes, at, length);

	if (!secret || !append(cleaner, bytes + at, SECRET_SHOWN) ||
		!append(cleaner, "...", 3))
		return 0;
	return secret;
}

void text_clean(char *out, size_t size, const char *bytes, size_t length)
{
	struct cleaner cleaner = {.out = out, .size = size};

	if (size == 0)
		return;
	for (size_t done = 0; done < length;) {
		size_t step = clean_secret(&cleaner, bytes, done, length);
		if (!step)
			step = clean_one(&cleaner, bytes + done, length - done);
		if (step) {
			done += step;
			continue;
		}
		cleaner.length = cleaner.keep;
		for (int i = 0; i < 3 && cleaner.length + 1 < size; i++)
			out[cleaner.length++] = '.';
		break;
	}
	out[cleaner.length] = '\0';
}

bool text_is_visible(const char *text)
{
	for (; *text; text++)
		if (*text <= ' ' || *text > '~')
			return false;
	return true;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* One row of the table of edits; `before` and `last` are the rows above. */
static void edit_row(const char *a, size_t i, const char *b, size_t b_length,
	const size_t *before, const size_t *last, size_t *row)
{
	row[0] = i;
	for (size_t j = 1; j <= b_length; j++) {
		size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
		row[j] = smaller(
			last[j - 1] + change, smaller(last[j], row[j - 1]) + 1);
		if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			a[i - 2] == b[j - 1])
			row[j] = smaller(row[j], before[j - 2] + 1);
	}
}

size_t text_distance(const char *a, const char *b)
{
	size_t rows[3][DISTANCE_MAX + 1] = {0};
	size_t a_length = strlen(a);
	size_t b_length = strlen(b);

	if (a_length > DISTANCE_MAX || b_length > DISTANCE_MAX)
		return a_length > b_length ? a_length : b_length;
	for (size_t j = 0; j <= b_length; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_length; i++)
		edit_row(a, i, b, b_length, rows[(i + 1) % 3],
			rows[(i + 2) % 3], rows[i % 3]);
	return rows[a_length % 3][b_length];
}
