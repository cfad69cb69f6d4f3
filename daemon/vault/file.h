/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Files and folders below an open folder: durable, with their modes from
 * birth whatever the umask says, and never through a symbolic link.
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

/* What is in a folder but "." and "..", sorted. Empty when it cannot be
 * read. Clear it with strings_clear(). */
struct strings folder_list(int folder);

/* Removes a folder and what is in it, or a file. True when it is not there. */
bool folder_remove(int at, const char *name, struct error *err);

bool folder_sync(int folder, struct error *err);

/* The whole of a regular file with a NUL behind it; free() it, or wipe it
 * with key_pem_free(). NULL with err, whose kind is ERROR_NONE when there is
 * no such file. */
char *file_read(int folder, const char *name, size_t most, size_t *length,
	struct error *err);

/* Writes a file that is not there yet, and syncs it. */
bool file_create(int folder, const char *name, const void *bytes, size_t length,
	mode_t mode, struct error *err);

/* Writes or replaces a file as one step that lasts. */
bool file_write(int folder, const char *name, const void *bytes, size_t length,
	mode_t mode, struct error *err);

/* The first half of that, not synced: the content waits under another name
 * for file_commit(), which the caller precedes by syncfs(). */
bool file_prepare(int folder, const char *name, const void *bytes,
	size_t length, mode_t mode, struct error *err);
bool file_commit(int folder, const char *name, struct error *err);

/* Removes a file; true when it is not there. Lasts. */
bool file_remove(int folder, const char *name, struct error *err);

bool file_exists(int at, const char *path);

/* Makes or replaces a symbolic link as one step that lasts. */
bool link_write(
	int folder, const char *name, const char *target, struct error *err);

/* What a link says, into out; false when there is no link of that name. */
bool link_read(int folder, const char *name, char *out, size_t size);

/* Is there something of that name that is no symbolic link? */
bool link_is_blocked(int folder, const char *name);

/* Removes what a crash left unfinished in a folder. What cannot be removed
 * now is tried again. */
void folder_clean(int folder);
