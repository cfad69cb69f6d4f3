/* SPDX-License-Identifier: MIT */
#include "probe_kind.h"

#include "base64url.h"
#include "challenge_record.h"
#include "mem.h"
#include "text.h"

#include <stdlib.h>

#define SECRET_SIZE 32 /* bytes; of a thumbprint, too */

static char *make_secret(void)
{
	unsigned char bytes[SECRET_SIZE];

	arc4random_buf(bytes, sizeof(bytes));
	char *text = base64url_encode(bytes, sizeof(bytes));
	if (!text)
		abort();
	return text;
}

/* The account of dns-account-01 only chooses the label. */
static bool make_record(struct challenge *challenge, struct error *err)
{
	challenge->record_name = challenge_record_name(challenge->type,
		&challenge->identifier, "https://rehearsal.invalid/", err);
	challenge->record_value = challenge_record_value(challenge->answer);
	return challenge->record_name && challenge->record_value;
}

bool probe_challenge_make(const struct probe_path *path,
	struct challenge *challenge, struct error *err)
{
	cleanup(string) char *thumbprint = make_secret();

	*challenge = (struct challenge){
		.type = path->challenge->type,
		.identifier = *path->identifier,
		.url = mem_string("https://rehearsal.invalid/"),
		.token = make_secret(),
	};
	challenge->answer = text_format("%s.%s", challenge->token, thumbprint);
	if (challenge->answer &&
		(!challenge_type_is_dns(challenge->type) ||
			make_record(challenge, err)))
		return true;
	challenge_clear(challenge);
	return false;
}
