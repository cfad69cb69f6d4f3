/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What walls of the loop and of its helpers are up, for `acmectl status`.
 */

#include "event.h"

#include <stdbool.h>

struct walls_wish {
	const char *main_file; /* -c FILE or NULL; borrowed */
	bool is_one_user; /* all programs run as one */
};

/* Puts up those of the loop: {"up": [...], "missing": [...]}, a new
 * reference. From here on nothing outside of them can be reached. Tells what
 * could not be put up. */
json_t *walls_raise(const struct walls_wish *wish, struct events *events);

/* Adds what the vault says of its own in its reply to `hello`. */
void walls_note(json_t *walls, const json_t *hello);
