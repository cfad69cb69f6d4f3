/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The files of an export in one folder: written beside those that stand there,
 * with owner and mode from birth, and renamed one right after the other when
 * all are whole and durable, the version is still the one that is installed
 * and somebody still waits for it. A link that stands in the place of one is
 * replaced, never followed.
 */

#include "material.h"
#include "trusted_folder.h"
#include "turn.h"

struct target_file {
	const char *name; /* without a slash */
	const void *bytes;
	size_t length;
};

struct target_wish {
	const char *folder; /* absolute */
	const struct target_file *files;
	size_t count;
	struct trusted_owner owner;
	mode_t mode;
	const struct material *material; /* its files are not overwritten */
	const struct turn *turn;
};

bool target_write(const struct target_wish *wish, struct error *err);
