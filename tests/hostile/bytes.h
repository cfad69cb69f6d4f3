/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Bytes as a row of the table has them: %XX is a byte, <N*TEXT> is TEXT N
 * times, and that may be nested.
 */

#include "text.h"

#define HOSTILE_BYTES_MAX (4 * 1024 * 1024)

/* Adds what `from` to `end` stands for; sets `failed` for a mistake. */
void hostile_bytes_add(struct text *out, const char *from, const char *end);
