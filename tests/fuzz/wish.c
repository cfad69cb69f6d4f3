/* SPDX-License-Identifier: MIT */

/*
 * What a compromised loop could ask of the hand: nothing but an answer to a
 * challenge gets out, and no part of it can be a path or a further line.
 */

#include "wish.h"

#include "base64url.h"
#include "fuzz.h"
#include "hook_call.h"
#include "mem.h"
#include "text.h"

#include <string.h>

static void check_token(const struct wish *wish)
{
	fuzz_check(!*wish->token || base64url_is_valid(wish->token));
	fuzz_check(strlen(wish->token) <= CHALLENGE_TOKEN_MAX);
	fuzz_check(config_lineage_is_valid(wish->name));
	fuzz_check(!strchr(wish->name, '/') && *wish->name != '.');
}

static void check_answer(const struct wish *wish, enum challenge_type type)
{
	if (type == CHALLENGE_DNS_PERSIST_01) {
		fuzz_check(!strchr(wish->record_value, '\n'));
		fuzz_check(strstr(wish->record_value, "; accounturi="));
		return;
	}
	fuzz_check(text_starts_with(wish->answer, wish->token));
	fuzz_check(text_is_visible(wish->answer) && *wish->answer);
	fuzz_check(!strchr(wish->answer, '/'));
}

/* What each convention makes of it: no variable has a line break. */
static void make_calls(const struct wish *wish, enum challenge_type type)
{
	struct config_certificate certificate = {.name = (char[]){"a"}};
	struct config_challenge settings = {.type = type};
	struct error err = {0};

	strings_add(&settings.command, "/usr/bin/hook");
	struct hook *hook = hook_new(&certificate, &settings, wish, &err);
	if (!hook)
		fuzz_check_error(&err);
	for (unsigned i = 0; hook && i <= PROTOCOL_ACME_SH; i++) {
		struct hook_call call = {0};
		settings.protocol = (enum config_protocol)i;
		if (!hook_call_make(&call, hook, i & 1, &err))
			fuzz_check_error(&err);
		for (size_t j = 0; j < call.environment.count; j++)
			fuzz_check(!strchr(call.environment.items[j], '\n'));
		hook_call_clear(&call);
	}
	hook_free(hook);
	strings_clear(&settings.command);
}

void fuzz_wish(const uint8_t *bytes, size_t length)
{
	cleanup(json) json_t *request = fuzz_object(bytes, length);
	struct wish wish = {0};
	struct error err = {0};

	if (!request || !wish_read(request, &wish, &err))
		return;
	check_token(&wish);
	for (unsigned i = 0; i < CHALLENGE_TYPES; i++) {
		enum challenge_type type = (enum challenge_type)i;
		if (!wish_check(&wish, type, &err)) {
			fuzz_check_error(&err);
			continue;
		}
		check_answer(&wish, type);
		make_calls(&wish, type);
	}
}
