/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * For what ends the program without memory (mem.h).
 */

#include <stdbool.h>

/* Runs it in a process of its own: does that end with SIGABRT? */
bool ends_itself(void (*act)(void));
