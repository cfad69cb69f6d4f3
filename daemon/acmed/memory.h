/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The memory of the libraries of the loop. Short of it they leave out what
 * they were asked to do, and often say nothing: OpenSSL takes in a root
 * without its key, and remembers that there is no such algorithm; libcurl
 * keeps the option that was there before. So the program ends (mem.h), and is
 * started again.
 */

#include <stdbool.h>

/* What ends so says it, and ends with EX_OSERR: who looks at the journal is
 * not to look for a crash. */
void memory_end_with_words(void);

/* For OpenSSL, before its first call; false when it comes too late. */
bool memory_guard_crypto(void);

/* Initialises libcurl and c-ares so; each call wants a cleanup of its own. */
bool memory_guard_curl(void);
bool memory_guard_ares(void);
