/* SPDX-License-Identifier: MIT */
#include "hook_reply.h"

#include "diagnosis_hook.h"
#include "json.h"
#include "mem.h"
#include "member.h"

static bool fail_nonsense(
	const char *program, const struct text *reply, struct error *err)
{
	char shown[80];

	text_clean(shown, sizeof(shown), reply->data ? reply->data : "",
		reply->length);
	return fail_cause(err, ERROR_LOCAL, "E5",
		"'%.150s' answered '%s' and not one line of JSON with a "
		"status",
		program, shown);
}

static bool read_refusal(
	const char *program, const json_t *object, struct error *err)
{
	const char *message = member_string_or(object, "message", "");
	double wait = member_wait(object, "retry_after");
	char shown[200];

	text_clean(shown, sizeof(shown), message, strlen(message));
	fail_cause(err, ERROR_LOCAL,
		wait > 0 ? "D9" : diagnosis_of_hook(message),
		"'%.150s' says: %s", program, shown);
	err->retry_after = wait;
	return false;
}

bool hook_reply_read(
	const char *program, const struct text *reply, struct error *err)
{
	cleanup(json) json_t *object = reply->failed || !reply->data
		? NULL
		: json_read(reply->data, reply->length, "the reply", NULL);
	const char *status = member_string_or(object, "status", "");

	if (streq(status, "ok"))
		return true;
	if (streq(status, "error"))
		return read_refusal(program, object, err);
	return fail_nonsense(program, reply, err);
}

char *hook_reply_words(const struct text *reply)
{
	static const char BLANKS[] = " \t\r\n";
	const char *start = reply->data ? reply->data : "";

	if (memchr(start, '\0', reply->length))
		return NULL;
	start += strspn(start, BLANKS);
	size_t length = strlen(start);
	while (length && strchr(BLANKS, start[length - 1]))
		length--;
	return strndup(start, length);
}
