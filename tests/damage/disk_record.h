/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What disk_calls.c tells disk.c. The descriptor is one of the folder, or of
 * the file; what is not below the recorded folder is ignored.
 */

#include <stdbool.h>
#include <stddef.h>

void record_new(int at, const char *name);
void record_gone(int at, const char *name);
/* is_exchange: each takes the other's place. */
void record_renamed(
	int at, const char *name, int to_at, const char *to, bool is_exchange);
void record_bytes(int fd, const void *bytes, size_t length);
void record_synced(int fd, bool is_everything);
