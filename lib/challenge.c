/* SPDX-License-Identifier: MIT */
#include "challenge.h"

#include "base64url.h"
#include "json.h"
#include "mem.h"
#include "request.h"
#include "text.h"

#include <string.h>

#define CHALLENGES_MAX 32
#define TOKEN_MIN 22 /* 128 bits (RFC 8555 section 8.3) */

static const char *const TYPE_NAMES[] = {
	[CHALLENGE_HTTP_01] = "http-01",
};

#define TYPES (sizeof(TYPE_NAMES) / sizeof(*TYPE_NAMES))

const char *challenge_type_name(enum challenge_type type)
{
	return TYPE_NAMES[type];
}

bool challenge_type_parse(const char *name, enum challenge_type *type)
{
	for (size_t i = 0; i < TYPES; i++) {
		if (!streq(name, TYPE_NAMES[i]))
			continue;
		*type = (enum challenge_type)i;
		return true;
	}
	return false;
}

const json_t *challenge_find(
	const json_t *authorization, enum challenge_type wanted)
{
	const json_t *list = json_object_get(authorization, "challenges");
	size_t count = json_array_size(list);

	for (size_t i = 0; i < count && i < CHALLENGES_MAX; i++) {
		const json_t *each = json_array_get(list, i);
		const char *type = member_string_or(each, "type", "");
		if (streq(type, TYPE_NAMES[wanted]))
			return each;
	}
	return NULL;
}

/* "dns-01, tls-alpn-01", of what a stranger may have written. */
static char *list_offers(const json_t *authorization)
{
	const json_t *list = json_object_get(authorization, "challenges");
	size_t count = json_array_size(list);
	struct text text = {.limit = 1024};

	for (size_t i = 0; i < count && i < CHALLENGES_MAX; i++)
		text_addf(&text, "%s%.20s", i ? ", " : "",
			member_string_or(json_array_get(list, i), "type", "?"));
	return text_take(&text);
}

static bool fail_not_offered(const json_t *authorization,
	const struct identifier *identifier, enum challenge_type wanted,
	struct error *err)
{
	cleanup(string) char *offers = list_offers(authorization);

	return fail(err, ERROR_REFUSED,
		"the CA offers no %s for '%s', only: %s", TYPE_NAMES[wanted],
		identifier->value, offers && *offers ? offers : "nothing");
}

/* A token becomes a file name and part of an answer (Z03). */
static bool check_token(const char *token, struct error *err)
{
	size_t length = strlen(token);

	if (length >= TOKEN_MIN && length <= CHALLENGE_TOKEN_MAX &&
		base64url_is_valid(token))
		return true;
	return fail(err, ERROR_TRANSIENT,
		"the CA gave a token that is none: '%.150s'", token);
}

bool challenge_parse(const json_t *authorization,
	const struct identifier *identifier, enum challenge_type wanted,
	const char *thumbprint, struct challenge *out, struct error *err)
{
	const json_t *object = challenge_find(authorization, wanted);
	if (!object)
		return fail_not_offered(authorization, identifier, wanted, err);
	const char *url = member_url(object, "url", err);
	const char *token = url ? member_string(object, "token", err) : NULL;
	if (!token || !check_token(token, err))
		return false;

	*out = (struct challenge){
		.type = wanted,
		.identifier = *identifier,
		.url = strdup(url),
		.token = strdup(token),
		.answer = text_format("%s.%s", token, thumbprint),
	};
	if (out->url && out->token && out->answer)
		return true;
	challenge_clear(out);
	return fail_memory(err);
}

void challenge_clear(struct challenge *challenge)
{
	free(challenge->url);
	free(challenge->token);
	free(challenge->answer);
	*challenge = (struct challenge){0};
}
