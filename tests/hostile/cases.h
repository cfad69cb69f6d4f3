/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The table of hostile cases (`rows`, whose head says how it is written), one
 * case after the other with its lists expanded.
 */

#include <jansson.h>
#include <stddef.h>

struct hostile_case {
	char name[96]; /* the row's, with the number of each list's value */
	const char *kind; /* all borrowed for the time of the call */
	const char *verdict;
	const char *bytes; /* what is fed, a NUL behind it */
	size_t length;
	/* Of a kind with a base: the base without the member that the row
	 * spoils; else NULL. */
	const char *without;
};

typedef void hostile_on_case(void *data, const struct hostile_case *each);

/* Reads the file and runs over every `step`th case; gives the number of all. A
 * mistake in the table ends the program. */
size_t hostile_table_run(
	const char *path, size_t step, hostile_on_case *on_case, void *data);
