/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One file of an export, written in one step: as a new file beside it that
 * has its owner and mode from birth, renamed when it is whole and durable. A
 * link that stands in its place is replaced, never followed.
 */

#include "material.h"
#include "trusted_folder.h"

struct target_wish {
	const char *folder; /* absolute */
	const char *name; /* without a slash */
	const void *bytes;
	size_t length;
	struct trusted_owner owner;
	mode_t mode;
	const struct material *material; /* its files are not overwritten */
};

bool target_write(const struct target_wish *wish, struct error *err);
