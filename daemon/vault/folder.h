/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Folders below an open folder: durable, with their modes from birth whatever
 * the umask says, and never through a symbolic link.
 *
 * Paths are relative and made of our own names; every component is opened
 * with O_NOFOLLOW. Errors are LOCAL with the codes of errno.
 */

#include "config.h"
#include "error.h"

#include <sys/types.h>

void close_folder(int *fd);
#define cleanup_folder __attribute__((__cleanup__(close_folder)))

/* Opens a folder: the descriptor, or -1 with err. */
int folder_open(int at, const char *path, struct error *err);

/* The same, making the components that are missing, with this mode. */
int folder_make(int at, const char *path, mode_t mode, struct error *err);

/* What is in a folder but "." and "..", sorted: all of it, or false with err.
 * Clear it with strings_clear(). */
bool folder_names(int folder, struct strings *names, struct error *err);
/* The same, empty when it cannot be read. */
struct strings folder_list(int folder);

/* "NAME" of each "NAME<suffix>" in a folder whose name is valid. As
 * folder_names(). */
bool folder_stems(int folder, const char *suffix,
	bool (*is_valid)(const char *name), struct strings *stems,
	struct error *err);

/* Removes a folder and what is in it, or a file. True when it is not there. */
bool folder_remove(int at, const char *name, struct error *err);

bool folder_sync(int folder, struct error *err);

/* Removes what a crash left unfinished in a folder. What cannot be removed
 * now is tried again. */
void folder_clean(int folder);
