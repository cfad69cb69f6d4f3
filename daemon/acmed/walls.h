/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What walls of the loop and of its helpers are up, for `acmectl status`.
 */

#include <jansson.h>
#include <stdbool.h>

/* Puts up those of the loop: {"up": [...], "missing": [...]}, a new
 * reference. From here on nothing outside of them can be reached. */
json_t *walls_raise(bool is_one_user);

/* Adds what another program says of itself, with its name before it. */
void walls_note(json_t *walls, const char *program, const json_t *names);
