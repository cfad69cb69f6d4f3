/* SPDX-License-Identifier: MIT */

/*
 * A CA's directory (RFC 8555 section 7.1.1): what is taken from it are https
 * URLs and nothing else, and it is read in the same way a second time.
 */

#include "directory.h"

#include "mem.h"
#include "replies.h"
#include "text.h"

#define URL "https://ca.example/directory"

static void check_url(const char *url, bool is_needed)
{
	fuzz_check(url || !is_needed);
	if (url)
		fuzz_check(url_is_https(url));
}

static void check(const struct directory *directory)
{
	fuzz_check(streq(directory->url, URL));
	check_url(directory->new_nonce, true);
	check_url(directory->new_account, true);
	check_url(directory->new_order, true);
	check_url(directory->revoke_cert, false);
	check_url(directory->key_change, false);
	check_url(directory->renewal_info, false);
	if (directory->profiles)
		fuzz_check(json_is_object(directory->profiles));
	if (directory->caa_identities)
		fuzz_check(json_is_array(directory->caa_identities));
	directory_has_profile(directory, "classic");
}

static void check_same(const struct directory *a, const struct reply *reply)
{
	struct directory *b = directory_parse(URL, reply, NULL);

	fuzz_check(b && streq(a->new_order, b->new_order));
	fuzz_check(a->eab_required == b->eab_required);
	fuzz_check(!a->terms == !b->terms);
	directory_free(b);
}

void fuzz_directory(const uint8_t *bytes, size_t length)
{
	struct fuzz_parts parts = {bytes, length};
	struct fuzz_reply reply;
	struct error err = {0};

	fuzz_reply_take(&reply, &parts);
	struct directory *directory = directory_parse(URL, &reply.reply, &err);
	if (directory) {
		check(directory);
		check_same(directory, &reply.reply);
	} else {
		fuzz_check_error(&err);
	}
	directory_free(directory);
	fuzz_reply_clear(&reply);
}
