/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include "json.h"
#include "mem.h"
#include "text.h"

#include <stdio.h>

#define SEPARATOR "\n%%\n"
#define SEPARATOR_LENGTH (sizeof(SEPARATOR) - 1)

#define FUZZ_ROW(name) {#name, fuzz_##name},
static const struct {
	const char *name;
	fuzz_harness *run;
} HARNESSES[] = {FUZZ_HARNESSES(FUZZ_ROW)};
#define HARNESS_COUNT (sizeof(HARNESSES) / sizeof(*HARNESSES))

fuzz_harness *fuzz_find(const char *name)
{
	for (size_t i = 0; i < HARNESS_COUNT; i++)
		if (streq(HARNESSES[i].name, name))
			return HARNESSES[i].run;
	return NULL;
}

const char *fuzz_name(size_t index)
{
	return index < HARNESS_COUNT ? HARNESSES[index].name : NULL;
}

void fuzz_broken(const char *condition, const char *file, int line)
{
	fprintf(stderr, "%s:%d: it does not hold: %s\n", file, line, condition);
	abort();
}

void fuzz_check_text(const char *text)
{
	size_t left = strlen(text);

	while (left) {
		size_t length = text_character_length(text, left);
		fuzz_check(length > 0 && length <= left);
		text += length;
		left -= length;
	}
}

void fuzz_check_error(const struct error *err)
{
	fuzz_check(err->kind > ERROR_NONE && err->kind <= ERROR_REFUSED);
	fuzz_check(memchr(err->code, '\0', sizeof(err->code)));
	fuzz_check(memchr(err->text, '\0', sizeof(err->text)));
	fuzz_check(err->retry_after >= 0 && err->retry_after <= 604800);
	fuzz_check_text(err->code);
	fuzz_check_text(err->text);
}

char *fuzz_string(const uint8_t *bytes, size_t length)
{
	char *string = mem_new(length + 1);

	if (length)
		memcpy(string, bytes, length);
	return string;
}

char *fuzz_part(struct fuzz_parts *parts, size_t *length)
{
	const uint8_t *start = parts->bytes;
	const uint8_t *end = parts->left
		? memmem(start, parts->left, SEPARATOR, SEPARATOR_LENGTH)
		: NULL;

	*length = end ? (size_t)(end - start) : parts->left;
	size_t used = end ? *length + SEPARATOR_LENGTH : *length;
	parts->bytes += used;
	parts->left -= used;
	return fuzz_string(start, *length);
}

json_t *fuzz_object(const uint8_t *bytes, size_t length)
{
	return json_read((const char *)bytes, length, "the input", NULL);
}
