/* SPDX-License-Identifier: MIT */

/*
 * The account's machine against a CA that answers anything (RFC 8555 section
 * 7.3): it comes to an end after few requests, all of them to the CA's own
 * addresses, and what it calls ready has a URL.
 */

#include "account.h"

#include "replies.h"
#include "text.h"

#include <string.h>

#define URL "https://ca.example/account/1"
#define REQUESTS_MAX 16

static const char *const CONTACTS[] = {"mailto:ops@example.com"};

static void check_request(
	const struct account *account, const struct request *request)
{
	const char *url = account_url(account);

	fuzz_check(url_is_https(request->url));
	fuzz_check(request->payload != NULL);
	fuzz_check(streq(request->url, fuzz_directory_known()->new_account) ||
		(url && streq(request->url, url)));
}

static void drive(struct account *account, struct fuzz_parts *parts)
{
	const struct request *request;

	for (int i = 0; (request = account_next(account)); i++) {
		struct fuzz_reply reply;
		struct error lost = {.kind = ERROR_TRANSIENT, .code = "N4"};
		fuzz_check(i < REQUESTS_MAX);
		check_request(account, request);
		fuzz_reply_take(&reply, parts);
		if (reply.reply.status)
			account_done(account, &reply.reply, NULL);
		else
			account_done(account, NULL, &lost);
		fuzz_reply_clear(&reply);
	}
}

void fuzz_account(const uint8_t *bytes, size_t length)
{
	unsigned how = length ? bytes[0] : 0;
	struct fuzz_parts parts = {bytes + !!length, length - !!length};
	struct account_wish wish = {
		.goal = how % 3,
		.url = how & 4 ? URL : NULL,
		.contacts = CONTACTS,
		.contact_count = how >> 3 & 1,
		.updates_contacts = how & 16,
		.agree_to_terms = how & 32,
		.binds = how & 64,
	};
	struct account *account =
		account_new(fuzz_directory_known(), &wish, NULL);

	drive(account, &parts);
	fuzz_check(account_state(account) != ACCOUNT_RUNNING);
	if (account_state(account) == ACCOUNT_FAILED)
		fuzz_check(account_error(account)->kind != ERROR_NONE);
	else if (wish.goal != ACCOUNT_LOOK_UP)
		fuzz_check(url_is_https(account_url(account)));
	account_free(account);
}
