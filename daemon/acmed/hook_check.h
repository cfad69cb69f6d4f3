/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * For `acmed -t`: would the hand run the hooks of Solver=exec, and could it
 * read their secrets? What it will say when it is too late, said before.
 */

#include "config.h"

/* Adds a mistake for each certificate's file and command; others' files are
 * only looked at by root. */
void hook_check(const struct config *config, struct mistakes *mistakes);
