/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * For `acmed -t`: does the token open that AccountKey= names, and is the key
 * in it?
 */

#include "config.h"

/* Adds a mistake for each key that does not open; to who is not root it is
 * only said, for the PIN may be root's. */
void token_check(const struct config *config, struct mistakes *mistakes);
