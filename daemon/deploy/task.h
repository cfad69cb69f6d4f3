/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The one request of a conversation (verbs.h, DEPLOY). The loop is not
 * trusted: it gives a name, a version and a step; what that means stands in
 * the root-owned configuration, which is read here.
 */

#include "error.h"

#include <jansson.h>

/* Does what is asked: a new reference to the reply, which may be an error.
 * `main_file` is -c FILE, or NULL; who asks waits at the other end of the
 * conversation, -1 for none. */
json_t *task_answer(
	const char *main_file, const json_t *request, int conversation);
