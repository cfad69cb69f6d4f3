/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a disk holds when the power goes.
 *
 * Every call of this process that changes something below one folder is
 * recorded (disk_calls.c). POSIX promises of a file only the bytes that were
 * synced, and of a folder only the entries that were there when that folder
 * was synced: everything else may be there or not, in any order, and of
 * bytes some, zeros or none. disk_lose() gives one such disk.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct disk_entry {
	char *path; /* owned; below the folder */
	mode_t mode; /* with its type */
	char *bytes; /* owned; of a link, where it leads to */
	size_t length;
};
struct disk_state {
	struct disk_entry *entries; /* owned, sorted by path */
	size_t count;
};
void disk_state_clear(struct disk_state *state);

/* NULL: there is no such path. */
const struct disk_entry *disk_find(
	const struct disk_state *state, const char *path);
/* Are both there with the same bytes, or both not? */
bool disk_same(const struct disk_entry *a, const struct disk_entry *b);
/* A file, or a folder and what is in it. */
void disk_remove(const char *path);
/* Makes a folder of it, in the place of one that is there. */
void disk_write_out(const struct disk_state *state, const char *folder);

/* From now on; what is in the folder is synced. */
void disk_begin(const char *folder);
void disk_end(void);
/* As if the kernel had written everything by itself. */
void disk_settle(void);
/* How many calls were recorded since the last disk_settle(). */
size_t disk_moment(void);

/* How many changes from before a moment may be lost. */
size_t disk_pending(size_t moment);
/* The disk at that moment, with a choice for each of them: 0 it is lost, 3 it
 * is there; of bytes also 1 half of them, 2 zeros. NULL: nothing is lost. */
struct disk_state disk_lose(size_t moment, const unsigned char *choices);
