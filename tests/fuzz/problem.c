/* SPDX-License-Identifier: MIT */

/*
 * Problem documents, and bodies that should have been one (RFC 7807): every
 * one becomes an error that can be shown, with no more of it than fits.
 */

#include "problem.h"

#include "limit.h"
#include "mem.h"
#include "replies.h"

#include <string.h>

static void read_words(const struct fuzz_reply *reply)
{
	enum limit_kind kind;
	char key[LIMIT_KEY_MAX];
	int64_t when = -1;

	if (limit_of_words(reply->reply.body, &kind, key)) {
		fuzz_check(kind < LIMIT_KINDS);
		fuzz_check(memchr(key, '\0', sizeof(key)));
	}
	if (problem_deadline(&reply->reply, &when))
		fuzz_check(when >= -62135596800 && when <= 253402300799);
}

static void read_subject(const struct fuzz_reply *reply)
{
	cleanup(json) json_t *object = fuzz_object(
		(const uint8_t *)reply->reply.body, reply->reply.length);
	struct error err = {0};

	problem_to_error(object, reply->reply.status, &err);
	fuzz_check_error(&err);
	fuzz_check(problem_type(object) != NULL);
}

void fuzz_problem(const uint8_t *bytes, size_t length)
{
	struct fuzz_parts parts = {bytes, length};
	struct fuzz_reply reply;
	struct error err = {0};

	fuzz_reply_take(&reply, &parts);
	problem_from_reply(&reply.reply, &err);
	fuzz_check_error(&err);
	if (problem_is(&reply.reply, "badNonce"))
		fuzz_check(problem_is_typed(&reply.reply));
	read_subject(&reply);
	read_words(&reply);
	fuzz_reply_clear(&reply);
}
