/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Replies of a CA out of an input: of each part the first line is "STATUS
 * TYPE LOCATION RETRY-AFTER", the rest its body.
 */

#include "directory.h"
#include "fuzz.h"

struct fuzz_reply {
	char *bytes; /* owned: the part */
	char type[64];
	char location[256];
	struct reply reply; /* borrows from all of that */
};

/* Takes the next part. Clear it in any case. */
void fuzz_reply_take(struct fuzz_reply *out, struct fuzz_parts *parts);
void fuzz_reply_clear(struct fuzz_reply *reply);

/* The directory of a CA where everything is; static. */
const struct directory *fuzz_directory_known(void);
