/* SPDX-License-Identifier: MIT */

/*
 * What people were told, as it lies in the state: what is taken in is written
 * in the same way from then on, and a message can be made of it.
 */

#include "telling.h"

#include "fuzz.h"
#include "json.h"
#include "mem.h"
#include "text.h"

#include <string.h>

#define DAY INT64_C(86400)
#define STATE_MAX (64 * 1024) /* of the vault */

static void check_message(struct telling *telling, int64_t now)
{
	struct telling_message message = {0};

	if (!telling_next(telling, "www", now, &message))
		return;
	fuzz_check(message.subject && message.text && message.causes);
	fuzz_check_text(message.subject);
	fuzz_check(telling_kind_name(message.kind) != NULL);
	fuzz_check(text_ends_with(message.text, "\n"));
	telling_message_clear(&message);
}

static char *written(const struct telling *telling)
{
	cleanup(json) json_t *state = telling_to_json(telling);
	char *text = json_write(state);

	fuzz_check(text && strlen(text) <= STATE_MAX);
	return text;
}

static void check_again(const char *text)
{
	struct telling *telling = telling_new();
	cleanup(json) json_t *state =
		fuzz_object((const uint8_t *)text, strlen(text));

	fuzz_check(state != NULL);
	telling_from_json(telling, state, FUZZ_NOW);
	cleanup(string) char *again = written(telling);
	fuzz_check(streq(text, again));
	telling_free(telling);
}

void fuzz_telling(const uint8_t *bytes, size_t length)
{
	cleanup(json) json_t *state = fuzz_object(bytes, length);
	struct telling *telling = telling_new();

	telling_from_json(telling, state, FUZZ_NOW);
	cleanup(string) char *text = written(telling);
	check_again(text);
	for (int i = 0; i < 4; i++)
		check_message(telling, FUZZ_NOW + i * DAY);
	telling_free(telling);
}
