/* SPDX-License-Identifier: MIT */

/*
 * The frame of what the programs say to each other: a message that is taken
 * is the same after it was sent on, and an error in it can be shown.
 */

#include "message.h"

#include "fuzz.h"
#include "mem.h"
#include "text.h"

static void check_frame(const json_t *value)
{
	struct error err = {0};
	size_t length = 0;
	cleanup(string) char *bytes = message_encode(value, &length, &err);

	if (!bytes) {
		fuzz_check_error(&err);
		return;
	}
	fuzz_check(length > 0 && length <= MESSAGE_MAX);
	cleanup(json) json_t *again = message_decode(bytes, length, NULL);
	fuzz_check(again && json_equal(value, again));
}

/* An error goes on to who asked, and means the same there. */
static void check_reply(const json_t *reply)
{
	struct error err = {0};
	struct error other = {0};

	if (!message_is_error(reply, &err))
		return;
	fuzz_check_error(&err);
	cleanup(json) json_t *passed_on = message_error(reply, &err);
	fuzz_check(passed_on && message_is_error(passed_on, &other));
	fuzz_check(other.kind == err.kind && streq(other.text, err.text));
	fuzz_check(streq(other.code, err.code));
	check_frame(passed_on);
}

void fuzz_message(const uint8_t *bytes, size_t length)
{
	cleanup(string) char *text = fuzz_string(bytes, length);
	struct error err = {0};
	cleanup(json) json_t *value = message_decode(text, length, &err);

	if (!value) {
		fuzz_check_error(&err);
		return;
	}
	fuzz_check(json_is_object(value));
	check_frame(value);
	check_reply(value);
}
