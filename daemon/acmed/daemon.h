/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The daemon put together: every module of the loop, made in order, run until
 * a signal or the vault ends it, freed in reverse.
 */

#include "parent.h"

#include <stdbool.h>

struct daemon_options {
	bool is_verbose; /* -d */
	const char *main_file; /* -c FILE or NULL; borrowed */
	struct parent_view parent;
};

/* Runs; the status to exit with: 0, 1, or 78 when there is no configuration
 * to go by. */
int daemon_run(const struct daemon_options *options);
