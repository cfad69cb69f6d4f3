/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What program_run() will run, checked: the real file, after all links, and
 * every folder above it. Only program.c includes this.
 */

#include "error.h"

#include <limits.h>

/* As program_check(), and the real path. */
bool program_find(
	const char *path, char real[static PATH_MAX], struct error *err);
