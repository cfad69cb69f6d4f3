/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Folders of a case: copied, removed, listed, and whether a web server would
 * start with what is live.
 */

#include "text.h"

#include <stdbool.h>

/* Ends the program when it cannot. */
void tree_copy(const char *from, const char *to);
void tree_remove(const char *path);

/* All files and folders below it, one a line, sorted; the numbers of versions
 * are counted from 1, for they need not be the same. */
void tree_list(const char *path, struct text *out);

/* What one list has and the other does not: " -FILE", " +FILE". */
void tree_compare(const char *expected, const char *found, struct text *out);

/* Two files of the same bytes? */
bool tree_is_same(const char *a, const char *b);

/* A file with a chain and the key that fits it? */
bool tree_is_combined(const char *folder, const char *name);

/* False with a word in `why` when something in live/ could not be served:
 * a dangling link, a key of another certificate, half a file. `count` is how
 * many links there are. */
bool tree_is_served(const char *state, unsigned *count, struct text *why);
