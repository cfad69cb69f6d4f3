/* SPDX-License-Identifier: MIT */
#include "string_list.h"

#include "mem.h"
#include "text.h"

#define BLANKS " \t"

static void add_owned(struct strings *strings, char *string)
{
	strings->items = mem_resize(
		strings->items, strings->count + 1, sizeof(*strings->items));
	strings->items[strings->count++] = string;
}

void strings_add(struct strings *strings, const char *string)
{
	add_owned(strings, mem_string(string));
}

void strings_add_words(struct strings *strings, const char *words)
{
	for (words += strspn(words, BLANKS); *words;
		words += strspn(words, BLANKS)) {
		size_t length = strcspn(words, BLANKS);
		char *word = mem_new(length + 1);
		memcpy(word, words, length);
		add_owned(strings, word);
		words += length;
	}
}

bool strings_same(const struct strings *a, const struct strings *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!streq(a->items[i], b->items[i]))
			return false;
	return true;
}

void strings_clear(struct strings *strings)
{
	for (size_t i = 0; i < strings->count; i++)
		free(strings->items[i]);
	free(strings->items);
	*strings = (struct strings){0};
}
