/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a hook writes to its standard output, where its calling convention
 * gives that a meaning (acmed-exec(7)).
 */

#include "text.h"

#include "error.h"

#define HOOK_REPLY_MAX 16384 /* bytes that are looked at */

/* {"status": "ok"} or {"status": "error", "message": "...", ...} of the
 * convention of acmed. E5 for anything else; `program` is quoted. */
bool hook_reply_read(
	const char *program, const struct text *reply, struct error *err);

/* The words of certbot's AUTH for CLEANUP, without the blanks around them;
 * free() them. NULL when there is a NUL among them. */
char *hook_reply_words(const struct text *reply);
