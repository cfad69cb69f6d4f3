/* SPDX-License-Identifier: MIT */
#include "wish.h"

#include "base64url.h"
#include "challenge_record.h"
#include "json.h"
#include "text.h"
#include "token_file.h"

/* A SHA-256 thumbprint in base64url (RFC 7638, RFC 8555 section 8.1). */
#define THUMBPRINT_LENGTH 43
#define RECORD_MAX 1024
#define ACCOUNT_LABEL 16 /* characters of base32, behind "_" */

bool wish_read(const json_t *request, struct wish *wish, struct error *err)
{
	const char *identifier = member_string(request, "identifier", err);

	if (!identifier)
		return false;
	if (!(wish->name = member_string(request, "name", err)) ||
		!(wish->token = member_string(request, "token", err)) ||
		!identifier_parse(identifier, &wish->identifier, err))
		return false;
	wish->answer = member_string_or(request, "answer", "");
	wish->record_name = member_string_or(request, "record_name", "");
	wish->record_value = member_string_or(request, "record_value", "");
	if (!config_lineage_is_valid(wish->name))
		return fail(err, ERROR_REFUSED, "the name is not valid");
	if (*wish->token && !token_is_valid(wish->token))
		return fail(err, ERROR_REFUSED, "the token is not valid");
	return true;
}

/* Nothing but a key authorization gets out. */
static bool is_answer(const char *answer, const char *token)
{
	size_t length = strlen(token);

	return strncmp(answer, token, length) == 0 && answer[length] == '.' &&
		strlen(answer + length + 1) == THUMBPRINT_LENGTH &&
		base64url_is_valid(answer + length + 1);
}

static bool check_answer(const struct wish *wish, struct error *err)
{
	if (!*wish->token)
		return fail(err, ERROR_REFUSED, "the token is not valid");
	return is_answer(wish->answer, wish->token) ||
		fail(err, ERROR_REFUSED,
			"the answer is no key authorization of the token");
}

/* "_ujmmovf2vn55tgye._acme-challenge.example.com" */
static bool check_account_name(const struct wish *wish, struct error *err)
{
	static const char BASE32[] = "abcdefghijklmnopqrstuvwxyz234567";
	static const char LABEL[] = "._acme-challenge.";
	const char *name = wish->record_name;
	const char *rest = name + 1 + ACCOUNT_LABEL;

	if (strlen(name) > 1 + ACCOUNT_LABEL && *name == '_' &&
		strspn(name + 1, BASE32) == ACCOUNT_LABEL &&
		text_starts_with(rest, LABEL) &&
		streq(rest + strlen(LABEL), identifier_base(&wish->identifier)))
		return true;
	return fail(err, ERROR_REFUSED, "the name of the record is not valid");
}

/* It stays: whom it names may have certificates of the name from now on. */
static bool check_record(const struct wish *wish, struct error *err)
{
	return (strlen(wish->record_value) <= RECORD_MAX &&
		       challenge_persist_is_record(
			       wish->record_value, &wish->identifier)) ||
		fail(err, ERROR_REFUSED, "the record is not valid");
}

bool wish_check(
	const struct wish *wish, enum challenge_type type, struct error *err)
{
	switch (type) {
	case CHALLENGE_HTTP_01:
	case CHALLENGE_TLS_ALPN_01:
	case CHALLENGE_DNS_01:
		return check_answer(wish, err);
	case CHALLENGE_DNS_ACCOUNT_01:
		return check_answer(wish, err) && check_account_name(wish, err);
	case CHALLENGE_DNS_PERSIST_01:
		return check_record(wish, err);
	}
	return fail(err, ERROR_REFUSED, "the type is unknown");
}
