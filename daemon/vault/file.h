/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Files below an open folder: durable, with their modes from birth whatever
 * the umask says, and never through a symbolic link. Errors are LOCAL with
 * the codes of errno.
 */

#include "folder.h"

#include <sys/types.h>

/* The whole of a regular file with a NUL behind it; free() it, or wipe it
 * with key_pem_free(). NULL with err, whose kind is ERROR_NONE when there is
 * no such file. */
char *file_read(int folder, const char *name, size_t most, size_t *length,
	struct error *err);

/* Does the error of a file or folder say nothing of what is there: for want of
 * a descriptor, on a sick disk? */
bool file_is_unseen(const struct error *err);

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

/* Renames it, unless there is a file of that name. True when nothing has been
 * left to be moved. */
bool file_move(int folder, const char *from, const char *to);

bool file_exists(int at, const char *path);

/* Makes or replaces a symbolic link as one step that lasts. */
bool link_write(
	int folder, const char *name, const char *target, struct error *err);

/* What a link says, into out; false when there is no link of that name. */
bool link_read(int folder, const char *name, char *out, size_t size);

/* Is there something of that name that is no symbolic link? */
bool link_is_blocked(int folder, const char *name);
