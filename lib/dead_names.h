/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Names that hold up a certificate: which of them it may be issued without,
 * and when they are tried again (DropDeadNames=). Pure functions of what was
 * seen and the time; marks are {NAME: when it failed first}.
 */

#include "identifier.h"

#include <stdint.h>

/* A CA could not validate this name. The marks are made when there are
 * none. */
void dead_names_mark(json_t **marks, const char *name, int64_t now);

/* Since when; 0: it is not marked. */
int64_t dead_names_since(const json_t *marks, const char *name);

/* What is wanted, and what is installed of it. */
struct dead_names {
	const struct identifier *identifiers; /* wanted; the first stays */
	size_t count;
	const json_t *marks; /* or NULL */
	int64_t not_after; /* of what is installed; 0: nothing is */
	int64_t slack;
	bool is_reduced; /* it was issued without some already */
	int64_t tried_all; /* when all were asked for last; 0: never */
};

/* May it be issued now without the marked ones? Not before half of the slack
 * is used up, unless it was before; never without the first or without any. */
bool dead_names_may_go(const struct dead_names *names, int64_t now);

/* When all are to be asked for again, a day after the last time; INT64_MAX
 * where none was left out. */
int64_t dead_names_retry(const struct dead_names *names);

/* Did it expire so long ago that it is given up where no name is left? */
bool dead_names_are_old(int64_t not_after, int64_t now);

/* The marked ones, in the order of what is wanted: a new reference. */
json_t *dead_names_list(const struct dead_names *names);
