/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Strings: comparing, building one of bounded size, cleaning one that a
 * stranger wrote.
 */

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static inline bool streq(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* The same of two that may be NULL. */
static inline bool text_same(const char *a, const char *b)
{
	return a && b ? streq(a, b) : a == b;
}

bool text_starts_with(const char *text, const char *prefix);
bool text_ends_with(const char *text, const char *suffix);

/* A growing string that never grows past its limit. Zeroed is empty; after
 * an overflow `failed` is set and stays set, so that one check at the end is
 * enough. Without memory the program ends. */
struct text {
	char *data; /* owned, NUL-terminated; NULL while empty */
	size_t length;
	size_t capacity;
	size_t limit; /* bytes, without the NUL; 0: 1 MiB */
	bool failed;
};

void text_add(struct text *text, const char *string);
void text_add_bytes(struct text *text, const void *bytes, size_t length);
void text_addf(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Gives the string away (free it with free()), NULL when it failed. An empty
 * one is "". The text is empty afterwards. */
char *text_take(struct text *text);

/* Frees what the text holds. */
void text_clear(struct text *text);

#define cleanup_text_value __attribute__((__cleanup__(text_clear)))

/* A new formatted string, or NULL without memory. */
char *text_format(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* Copies at most size - 1 bytes of `bytes` to `out`: what is not printable
 * ASCII or valid UTF-8 becomes '?', as do marks that hide or turn text; white
 * space becomes a single blank, none at the ends; what was cut ends in "...",
 * and so does the thumbprint of a key authorization, after four characters.
 * For words of a CA, a hook or a journal line. */
void text_clean(char *out, size_t size, const char *bytes, size_t length);

/* Bytes of the character at `text`, of which `left` (1 or more) are there; 0
 * when it is no valid UTF-8, a control character, or one that hides or turns
 * round what follows. */
size_t text_character_length(const char *text, size_t left);

/* Is every byte printable ASCII without blanks? */
bool text_is_visible(const char *text);

/* Edits between a and b (insert, delete, replace, swap), for near misses; the
 * longer length when one of them has more than 64 bytes. */
size_t text_distance(const char *a, const char *b);
