/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Keeps what is seen of the paths of a lineage, tells people of those that
 * break and are mended, and has a failing renewal tried once more when its path
 * is seen to be mended.
 */

#include "fleet.h"
#include "path_state.h"
#include "path_sum.h"

/* The CAA records of all names together; no identifier is called so: they have
 * a dot, or are localhost. */
#define PATH_BOOK_CAA "caa"

/* The path of that name was looked at. Nothing is saved. */
void path_book_look(struct fleet *fleet, struct lineage *lineage,
	const char *name, const struct path_sum *sum, int64_t now);

/* The CA has just validated over it, or could not. */
void path_book_validate(struct fleet *fleet, struct lineage *lineage,
	const char *name, bool is_valid);

/* Is nothing to be believed that is not seen from here? */
bool path_book_is_blind(const struct lineage *lineage, const char *name);

/* Forgets paths of names that are no longer in the configuration, and the
 * troubles that people were told of with them. Those of an orphan are swept
 * out, since it is not well. */
void path_book_prune(struct fleet *fleet, struct lineage *lineage);

/* Was each path of its names seen to work within a day? */
bool path_book_is_green(const struct lineage *lineage, int64_t now);

/* Was each path of its names, when it was looked at last, seen to work, and
 * not before `since`? */
bool path_book_was_green(const struct lineage *lineage, int64_t since);

/* Does its renewal fail because of a path that is seen to be red? */
bool path_book_is_stuck(const struct lineage *lineage);
