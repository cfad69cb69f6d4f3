/* SPDX-License-Identifier: MIT */

/*
 * What a challenge hook writes (acmed-exec(7)): the one line of JSON of
 * Protocol=acmed, and the words that certbot's AUTH leaves for CLEANUP.
 */

#include "hook_reply.h"

#include "fuzz.h"
#include "mem.h"
#include "text.h"

#include <string.h>

static void fill(struct text *reply, const uint8_t *bytes, size_t length)
{
	if (length)
		text_add_bytes(reply, bytes, length);
}

static void check_words(const struct text *reply)
{
	cleanup(string) char *words = hook_reply_words(reply);

	if (!words)
		return;
	size_t length = strlen(words);
	fuzz_check(length <= reply->length);
	if (!length)
		return;
	fuzz_check(!strchr(" \t\r\n", words[0]));
	fuzz_check(!strchr(" \t\r\n", words[length - 1]));
	fuzz_check(memmem(reply->data, reply->length, words, length));
}

static void check_reply(const struct text *reply)
{
	struct error err = {0};

	if (hook_reply_read("/usr/bin/hook", reply, &err)) {
		fuzz_check(memmem(reply->data, reply->length, "status", 6) ||
			memchr(reply->data, '\\', reply->length));
		return;
	}
	fuzz_check_error(&err);
	fuzz_check(strstr(err.text, "/usr/bin/hook"));
	fuzz_check(err.kind == ERROR_LOCAL);
	fuzz_check(*err.code);
}

void fuzz_hook_reply(const uint8_t *bytes, size_t length)
{
	struct text reply cleanup_text_value = {.limit = HOOK_REPLY_MAX};

	fill(&reply, bytes, length);
	fuzz_check(!reply.failed || length > HOOK_REPLY_MAX);
	check_reply(&reply);
	check_words(&reply);
}
