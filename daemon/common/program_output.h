/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a program writes: the first 64 KiB go on to standard error (the
 * journal), the rest is dropped, and the last line is kept for a message.
 * What is shown ends with a whole line: the next program has its own.
 */

#include "text.h"

#include <stdbool.h>

#define PROGRAM_OUTPUT_MAX (64 * 1024)
#define PROGRAM_LINE_MAX 200

struct program_output {
	int pipe; /* owned; -1 at its end */
	struct text *kept; /* borrowed: gets all of it, up to its limit */
	size_t shown; /* bytes */
	bool is_within_line; /* of what is shown */
	char line[PROGRAM_LINE_MAX]; /* being written */
	size_t length;
	char last[PROGRAM_LINE_MAX]; /* the last whole one, cleaned */
};

/* Takes the pipe and makes it non-blocking. */
void program_output_open(struct program_output *output, int pipe);
/* Takes what is there, and never waits. */
void program_output_take(struct program_output *output);
/* The last line with something in it, or "". */
const char *program_output_last(struct program_output *output);
void program_output_close(struct program_output *output);
