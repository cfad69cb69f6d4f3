/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Who says no: "Permission denied" names the path that was asked for, but
 * often a folder far above it keeps this process out (failures.md L4), and
 * where none does, other walls (L10).
 */

#include "error.h"

/* Puts behind the text of err which part of the absolute path denies it to
 * this process: a folder that it may not enter, or what the path ends in, of
 * which `access` (R_OK, W_OK) was wanted. Does nothing unless the errno
 * `number` is EACCES or EPERM. */
void denied_explain(
	struct error *err, int number, const char *path, int access);
