/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A list of strings, as the configuration has many. Zeroed is empty.
 */

#include <stdbool.h>
#include <stddef.h>

/* An owned list of owned strings. */
struct strings {
	char **items;
	size_t count;
};

/* Appends a copy. Without memory the program ends. */
void strings_add(struct strings *strings, const char *string);

/* Appends the words of a text, cut at blanks. */
void strings_add_words(struct strings *strings, const char *words);

/* Do both hold the same strings in the same order? */
bool strings_same(const struct strings *a, const struct strings *b);

/* Frees what the list holds; it is empty afterwards. */
void strings_clear(struct strings *strings);
