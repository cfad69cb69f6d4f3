/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Runs a program of the administrator and waits for its end, not for that of
 * its output (M2): a daemon that it leaves behind may hold the pipe for ever.
 * What is over its deadline is ended with all its children, but not what those
 * before it have left behind. No shell.
 */

#include "error.h"
#include "text.h"

#define PROGRAM_TRY_LATER 75 /* EX_TEMPFAIL of sysexits.h */

struct program_wish {
	char *const *words; /* the first is an absolute path; NULL ends */
	char *const *environment; /* NULL ends */
	double deadline; /* seconds */
	const char *input; /* its standard input; NULL: empty */
	struct text *reply; /* gets its standard output too; may be NULL */
	/* A socket, borrowed: when its other end closes nobody waits for the
	 * program any more, and it is ended at once. May be NULL. */
	const int *leash;
};

/* Is there a program that we can run and that nobody but root, or ourselves,
 * could have changed? E1 (missing), E2 (no program) or E3 (open to others);
 * the text quotes the path and says what mends it. */
bool program_check(const char *path, struct error *err);

/* Output goes to standard error, at most 64 KiB of it. False when it failed
 * the check, did not end well (E4; D9 with status 75) or in time (M2); the
 * last line that it wrote stands in err. */
bool program_run(const struct program_wish *wish, struct error *err);

/* Kills what programs left behind, wherever it went. */
void program_end_all(void);
