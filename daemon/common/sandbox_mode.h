/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Sandbox= of [Daemon]. Walls go up before the configuration is taken in, so
 * each program looks for this one key beforehand, in files that may be full
 * of mistakes.
 */

#include <stdbool.h>
#include <stddef.h>

/* Does this text change it? The last good line wins; the rest of the text
 * does not matter. */
void sandbox_mode_scan(const char *bytes, size_t length, bool *only_logs);

/* Is it `log` in acmed.conf (`main_file`, or NULL) and the files behind it?
 * `strict` where nothing can be read. */
bool sandbox_mode_only_logs(const char *main_file);
