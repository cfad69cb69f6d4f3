/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The environment of a hook: a clean one, and what EnvironmentFile= adds
 * (systemd.exec(5): "NAME=value" lines, '#' and ';' comments, quotes around a
 * value).
 */

#include "error.h"
#include "string_list.h"

/* Sets or replaces a variable. */
void environment_list_set(
	struct strings *list, const char *name, const char *value);

/* Its value, borrowed, or NULL. */
const char *environment_list_get(const struct strings *list, const char *name);

/* Reads the lines of a text. REFUSED with the number of a line that is none
 * of these; its value is a secret and is not quoted. */
bool environment_list_read(
	struct strings *list, const char *text, struct error *err);
