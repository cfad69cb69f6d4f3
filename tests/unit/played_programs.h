/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A test that is copied to the names of our programs plays all of them: the
 * loop splits, and does what it is told over the descriptor PLAYED_WIRE
 * ("call NAME", "kill NAME", "jam NAME", "exit STATUS"); the helpers tell of themselves
 * to whoever speaks with them.
 */

#include <stdbool.h>

#define PLAYED_WIRE 9
#define PLAYED_CONFIGURATION "/nowhere/acmed.conf"

/* Was this program started under one of those names? */
bool is_played(void);
int play_program(int argc, char **argv);

/* False at the end of file. */
bool played_receive(int fd, char text[static 256]);
