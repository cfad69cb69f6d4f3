/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * libcrypto wipes what it knows to be a key, but not what it read one from:
 * a decoder leaves the bytes of the file in memory that is free again. Here
 * all memory that it gives back is wiped.
 */

#include <stdbool.h>

/* For programs that hold keys, before anything else calls libcrypto; false
 * when that has happened. */
bool wipe_everything(void);
