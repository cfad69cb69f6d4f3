/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The wall around files: Landlock. Its rules name folders, never files,
 * because files are replaced; a folder that does not exist is left out.
 */

#include "sandbox.h"

/* Landlock's rights of a version of its ABI (0: none at all). */
struct sandbox_rights {
	uint64_t handled;
	uint64_t read;
	uint64_t write;
	uint64_t execute;
	uint64_t scoped; /* what does not leave the walls */
};
struct sandbox_rights sandbox_rights(int abi);

/* What that version cannot refuse, as a sentence; else text is left alone. */
void sandbox_files_lack(int abi, char *text, size_t size);

/* The version that this kernel has; 0: it has none. */
int sandbox_files_abi(void);

/* Puts it up; false with errno. */
bool sandbox_files_lock(const struct sandbox_wish *wish, int abi);
