/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What is wrong with a configuration: one line a mistake, ready to be shown.
 */

#include "string_list.h"

#include <stdarg.h>

/* In the order in which they were found: owned strings "FILE:LINE: message";
 * a line of 0 is left out. */
struct mistakes {
	struct strings list;
	struct strings advice; /* what is none, but will hardly work */
};

void mistakes_add(struct mistakes *mistakes, const char *file, unsigned line,
	const char *format, ...) __attribute__((format(printf, 4, 5)));
void mistakes_add_list(struct mistakes *mistakes, const char *file,
	unsigned line, const char *format, va_list arguments)
	__attribute__((format(printf, 4, 0)));
void mistakes_advise(struct mistakes *mistakes, const char *file, unsigned line,
	const char *format, ...) __attribute__((format(printf, 4, 5)));
void mistakes_clear(struct mistakes *mistakes);
