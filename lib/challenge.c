/* SPDX-License-Identifier: MIT */
#include "challenge.h"

#include "base64url.h"
#include "challenge_record.h"
#include "json.h"
#include "mem.h"
#include "request.h"
#include "text.h"

#include <string.h>

#define CHALLENGES_MAX 32
#define TOKEN_MIN 22 /* 128 bits (RFC 8555 section 8.3) */

static const char *const TYPE_NAMES[CHALLENGE_TYPES] = {
	[CHALLENGE_HTTP_01] = "http-01",
	[CHALLENGE_TLS_ALPN_01] = "tls-alpn-01",
	[CHALLENGE_DNS_01] = "dns-01",
	[CHALLENGE_DNS_ACCOUNT_01] = "dns-account-01",
	[CHALLENGE_DNS_PERSIST_01] = "dns-persist-01",
};

const char *challenge_type_name(enum challenge_type type)
{
	return TYPE_NAMES[type];
}

bool challenge_type_parse(const char *name, enum challenge_type *type)
{
	for (size_t i = 0; i < CHALLENGE_TYPES; i++) {
		if (!streq(name, TYPE_NAMES[i]))
			continue;
		*type = (enum challenge_type)i;
		return true;
	}
	return false;
}

bool challenge_type_is_dns(enum challenge_type type)
{
	return type == CHALLENGE_DNS_01 || type == CHALLENGE_DNS_ACCOUNT_01 ||
		type == CHALLENGE_DNS_PERSIST_01;
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

/* The token and what is answered to it; dns-persist-01 has neither. */
static bool read_token(const json_t *object, const char *thumbprint,
	struct challenge *out, struct error *err)
{
	bool has_token = out->type != CHALLENGE_DNS_PERSIST_01;
	const char *token =
		has_token ? member_string(object, "token", err) : "";

	if (!token || (has_token && !check_token(token, err)))
		return false;
	out->token = strdup(token);
	out->answer = has_token ? text_format("%s.%s", token, thumbprint)
				: strdup("");
	return (out->token && out->answer) || fail_memory(err);
}

static char *make_value(const struct challenge *challenge, const json_t *object,
	const struct challenge_answerer *answerer, struct error *err)
{
	const struct challenge_persist persist = {
		.directory = answerer->directory,
		.identifier = &challenge->identifier,
		.account = answerer->account,
		.thumbprint = answerer->thumbprint,
	};

	if (challenge->type == CHALLENGE_DNS_PERSIST_01)
		return challenge_persist_record(&persist, object, err);
	char *value = challenge_record_value(challenge->answer);
	if (!value)
		fail_memory(err);
	return value;
}

static bool make_record(struct challenge *out, const json_t *object,
	const struct challenge_answerer *answerer, struct error *err)
{
	if (!challenge_type_is_dns(out->type))
		return true;
	out->record_name = challenge_record_name(
		out->type, &out->identifier, answerer->account, err);
	if (!out->record_name)
		return false;
	out->record_value = make_value(out, object, answerer, err);
	return out->record_value;
}

bool challenge_parse(const json_t *authorization,
	const struct identifier *identifier, enum challenge_type wanted,
	const struct challenge_answerer *answerer, struct challenge *out,
	struct error *err)
{
	const json_t *object = challenge_find(authorization, wanted);
	if (!object)
		return fail_not_offered(authorization, identifier, wanted, err);
	const char *url = member_url(object, "url", err);
	if (!url)
		return false;
	*out = (struct challenge){
		.type = wanted,
		.identifier = *identifier,
		.url = strdup(url),
	};
	if ((out->url || fail_memory(err)) &&
		read_token(object, answerer->thumbprint, out, err) &&
		make_record(out, object, answerer, err))
		return true;
	challenge_clear(out);
	return false;
}

void challenge_clear(struct challenge *challenge)
{
	free(challenge->url);
	free(challenge->token);
	free(challenge->answer);
	free(challenge->record_name);
	free(challenge->record_value);
	*challenge = (struct challenge){0};
}
