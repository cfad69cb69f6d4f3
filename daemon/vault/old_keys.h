/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The keys that an account has had, in its folder: key.old.pem is the last of
 * them, key.old.2.pem the one before it, and so on. The CA may go by one that
 * only the loop said to be of no use any more.
 */

#include "error.h"

#include <stdbool.h>

#define OLD_KEYS_MOST 9

/* Puts a copy of that file before them, unless it is there already; the oldest
 * of too many goes. */
bool old_keys_add(int folder, const char *name, struct error *err);
