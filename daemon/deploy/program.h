/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Runs a program as root and waits for its end, not for that of its output
 * (M2): a daemon that it leaves behind may hold the pipe for ever. What is
 * over its deadline is ended with all its children.
 */

#include "error.h"

struct program_wish {
	char *const *words; /* the first is an absolute path; NULL ends */
	char *const *environment; /* NULL ends */
	double deadline; /* seconds */
};

/* Output goes to standard error, at most 64 KiB of it. False with P5 when the
 * file could be changed by others than root, did not end well, or in time;
 * the last line that it wrote stands in err. */
bool program_run(const struct program_wish *wish, struct error *err);
