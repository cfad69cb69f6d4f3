/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the files of `telling` share.
 */

#include "telling.h"
#include "telling_trouble.h"

struct telling {
	struct troubles troubles;
	size_t remembered; /* of them: from before a restart */
	struct cause *causes; /* owned */
	int64_t reminded; /* when all that lasts was told last; 0: never */
};

/* The cause of that code, and of that part of what has it ("": the whole),
 * made when there is none. */
struct cause *telling_cause(
	struct telling *telling, const char *code, const char *part);

/* Writes a message about causes, `count` of them. */
void telling_write(const struct telling *telling, struct cause *const *causes,
	size_t count, const char *host, int64_t now,
	struct telling_message *message);
