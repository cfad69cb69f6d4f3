/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Folders in which root may write or whose programs it may run: opened
 * component by component without following a link, and none of them may be
 * written by anybody but root, ourselves and, for an export, its owner.
 */

#include "error.h"

#include <sys/types.h>

struct trusted_owner {
	uid_t uid;
	gid_t gid;
};

/* Opens an absolute folder: its descriptor, or -1 with err (REFUSED). */
int trusted_folder_open(
	const char *path, struct trusted_owner owner, struct error *err);
