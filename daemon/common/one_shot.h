/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A helper that is started with one conversation, answers one request and
 * ends: all of its main() but what it does.
 */

#include <jansson.h>

struct one_shot {
	const char *name; /* of the program, and of its socket unit */
	/* The reply to a request, an error or what was done: a new reference,
	 * never NULL. `main_file` is -c FILE, or NULL. */
	json_t *(*answer)(const char *main_file, const json_t *request);
};

/* Reads the command line, answers and says on standard error what it could
 * not; signals do not cut off what is under way. The exit status: 0 fine, 1
 * the conversation failed, 2 it was not started as it should be. */
int one_shot_run(const struct one_shot *program, int argc, char **argv);
