/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * `acmed --selftest`: do the libraries that are loaded work, is the table of
 * causes sound, which walls does this kernel have? For packages to run after
 * an upgrade (L11).
 */

#include "event.h"

/* Tells of libraries that do not work, when the daemon starts. */
void selftest_tell(struct events *events);

/* Prints a line for each check; 0 when all hold, else 1. */
int selftest(void);
