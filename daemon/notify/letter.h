/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A message as sendmail takes it: headers, a blank line, a text. What comes
 * from outside cannot add a header or a control character.
 */

#include "text.h"

/* Adds it all. The subject becomes one line of ASCII; the text keeps its line
 * breaks and is UTF-8, with no line over 900 bytes. */
void letter_write(struct text *letter, const char *to, const char *subject,
	const char *text);
