/* SPDX-License-Identifier: MIT */

/*
 * An authorization and what is to be published for it (RFC 8555 section
 * 7.1.4), for a.example.
 */

#include "authorization_document.h"
#include "kind.h"
#include "mem.h"
#include "replies.h"

#define ACCOUNT "https://ca.example/account/1"

static json_t *read_object(const char *bytes, size_t length)
{
	return fuzz_object((const uint8_t *)bytes, length);
}

bool hostile_authorization(struct text *seen, const char *bytes, size_t length)
{
	cleanup(json) json_t *object = read_object(bytes, length);
	struct identifier name;
	struct order_plan plan = {.identifiers = &name, .identifier_count = 1};
	size_t index;

	identifier_parse("a.example", &name, NULL);
	if (!json_is_object(object) ||
		!authorization_document_find(object, &plan, &index, NULL))
		return false;
	enum verdict verdict = authorization_document_verdict(object);
	text_addf(seen, "[%d]", (int)verdict);
	return verdict != VERDICT_DEAD;
}

static bool read_challenge(
	struct text *seen, const json_t *object, enum challenge_type type)
{
	struct challenge_answerer answerer = {.thumbprint = "thumb",
		.account = ACCOUNT,
		.directory = fuzz_directory_known()};
	struct challenge challenge = {0};
	struct identifier name;

	identifier_parse("a.example", &name, NULL);
	if (!challenge_parse(object, &name, type, &answerer, &challenge, NULL))
		return false;
	text_addf(seen, "[%s %s %s]", challenge.url, challenge.answer,
		challenge.record_value ? challenge.record_value : "");
	challenge_clear(&challenge);
	return true;
}

bool hostile_challenge(struct text *seen, const char *bytes, size_t length)
{
	cleanup(json) json_t *object = read_object(bytes, length);

	return json_is_object(object) &&
		read_challenge(seen, object, CHALLENGE_HTTP_01);
}

bool hostile_persist(struct text *seen, const char *bytes, size_t length)
{
	cleanup(json) json_t *object = read_object(bytes, length);

	return json_is_object(object) &&
		read_challenge(seen, object, CHALLENGE_DNS_PERSIST_01);
}
