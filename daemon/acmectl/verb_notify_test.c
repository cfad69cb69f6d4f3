/* SPDX-License-Identifier: MIT */

/*
 * notify-test: a message by every channel to people, and what came of it.
 */

#include "ask.h"
#include "json.h"

#include <stdio.h>

struct outcome {
	bool is_json;
	size_t tried;
	size_t failed;
};

static void print_channel(const json_t *channel)
{
	const char *error = member_string_or(channel, "error", NULL);
	const char *worked = member_string_or(channel, "worked", NULL);

	printf("%-5s %s: ", member_string_or(channel, "name", ""),
		member_string_or(channel, "target", ""));
	if (error)
		printf("failed: %s; it %s%s\n", error,
			worked ? "worked last at " : "has never worked",
			worked ? worked : "");
	else
		puts("sent; look whether it has arrived");
}

static void on_reply(void *data, const json_t *reply)
{
	const json_t *channels = json_object_get(reply, "channels");
	struct outcome *outcome = data;

	if (outcome->is_json)
		ask_print_json(reply);
	outcome->tried = json_array_size(channels);
	for (size_t i = 0; i < outcome->tried; i++) {
		const json_t *channel = json_array_get(channels, i);
		outcome->failed += json_object_get(channel, "error") != NULL;
		if (!outcome->is_json)
			print_channel(channel);
	}
}

int verb_notify_test(const struct arguments *arguments)
{
	struct outcome outcome = {.is_json = arguments->is_json};
	struct arguments quiet = *arguments;

	quiet.is_json = false;
	int status = ask(
		&quiet, "NotifyTest", json_object(), false, on_reply, &outcome);

	if (status)
		return status;
	if (!outcome.tried)
		return ask_fail(EXIT_FAILED,
			"nobody would be told: there is no sendmail, and "
			"neither NotifyMail= nor NotifyURLFile= is set");
	return outcome.failed ? EXIT_FAILED : EXIT_DONE;
}
