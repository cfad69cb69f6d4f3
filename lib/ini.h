/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Text in the manner of systemd units -> lines of section, key, value and
 * line number. It knows no key; `config` does.
 */

#include <stdbool.h>
#include <stddef.h>

#define INI_LINE_MAX 65536

struct ini_line {
	const char *section; /* "Certificate", "CA" */
	const char *argument; /* "letsencrypt" of [CA letsencrypt], or "" */
	const char *key; /* NULL: the line opens the section */
	const char *value; /* trimmed, continuations joined by a blank */
	unsigned number; /* of the line it starts on, from 1 */
};

/* Calls on_line for each line and on_mistake for each one that cannot be
 * read (no section, no '=', a NUL or control character, not UTF-8, too
 * long); goes on behind it. Strings live for the call. */
void ini_read(const char *bytes, size_t length,
	void (*on_line)(void *data, const struct ini_line *line),
	void (*on_mistake)(void *data, unsigned number, const char *message),
	void *data);
