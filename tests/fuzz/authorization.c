/* SPDX-License-Identifier: MIT */

/*
 * An authorization and its challenges (RFC 8555 section 7.1.4): which name it
 * is for, what is to be published. A token goes into paths and programs: it is
 * base64url, whatever the CA says.
 */

#include "authorization_document.h"

#include "base64url.h"
#include "mem.h"
#include "replies.h"
#include "text.h"

#define ACCOUNT "https://ca.example/account/1"

static struct identifier names[2];

static void check(const struct challenge *challenge)
{
	fuzz_check(url_is_https(challenge->url));
	if (challenge->type == CHALLENGE_DNS_PERSIST_01)
		return;
	fuzz_check(base64url_is_valid(challenge->token));
	fuzz_check(strlen(challenge->token) <= CHALLENGE_TOKEN_MAX);
	fuzz_check(text_starts_with(challenge->answer, challenge->token));
	fuzz_check(text_is_visible(challenge->answer));
}

static void read_challenge(const json_t *object, enum challenge_type type)
{
	struct challenge_answerer answerer = {.thumbprint = "thumb",
		.account = ACCOUNT,
		.directory = fuzz_directory_known()};
	struct challenge challenge = {0};
	struct error err = {0};

	if (challenge_parse(
		    object, &names[0], type, &answerer, &challenge, &err))
		check(&challenge);
	else
		fuzz_check_error(&err);
	challenge_clear(&challenge);
}

static void read_all(const json_t *object)
{
	struct order_plan plan = {.identifiers = names, .identifier_count = 2};
	struct error err = {0};
	size_t index = 0;

	fuzz_check(authorization_document_verdict(object) <= VERDICT_DEAD);
	if (authorization_document_find(object, &plan, &index, &err))
		fuzz_check(index < plan.identifier_count);
	else
		fuzz_check_error(&err);
	for (unsigned i = 0; i < CHALLENGE_TYPES; i++) {
		enum challenge_type type = (enum challenge_type)i;
		err = (struct error){0};
		authorization_document_error(object, type, &err);
		fuzz_check_error(&err);
		read_challenge(object, type);
	}
}

void fuzz_authorization(const uint8_t *bytes, size_t length)
{
	cleanup(json) json_t *object = fuzz_object(bytes, length);

	identifier_parse("a.example", &names[0], NULL);
	identifier_parse("*.b.example", &names[1], NULL);
	if (json_is_object(object))
		read_all(object);
}
