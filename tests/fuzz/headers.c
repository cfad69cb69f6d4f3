/* SPDX-License-Identifier: MIT */

/*
 * The header lines of a reply as curl gives them, and what is made of
 * Retry-After, Link, Location, Content-Type and Replay-Nonce.
 */

#include "acme_reply.h"
#include "http_message.h"
#include "nonce_pool.h"

#include "fuzz.h"
#include "mem.h"
#include "text.h"

static void check(const struct reply *reply)
{
	fuzz_check(reply->retry_after == 0 || reply->retry_after >= 1);
	fuzz_check(reply->retry_after <= 604800);
	if (reply->location)
		fuzz_check(url_is_https(reply->location));
	fuzz_check(reply->alternate_count <= REPLY_ALTERNATES);
	for (size_t i = 0; i < reply->alternate_count; i++)
		fuzz_check(url_is_https(reply->alternates[i]));
	fuzz_check(reply->content_type && !strchr(reply->content_type, ';'));
}

/* A nonce is new once. */
static void check_nonce(const char *value)
{
	static struct nonce_pool pool;

	if (!value)
		return;
	pool.next_seen = 0;
	memset(pool.seen, 0, sizeof(pool.seen));
	if (!nonce_pool_is_new(&pool, value))
		return;
	fuzz_check(text_is_visible(value));
	fuzz_check(!nonce_pool_is_new(&pool, value));
	nonce_pool_add(&pool, value, 1);
	cleanup(string) char *taken = nonce_pool_take(&pool, 2);
	fuzz_check(taken && streq(taken, value) && !pool.count);
}

static void add_lines(
	struct http_message *message, const uint8_t *bytes, size_t length)
{
	while (length) {
		const uint8_t *end = memchr(bytes, '\n', length);
		size_t used = end ? (size_t)(end - bytes) + 1 : length;
		cleanup(string) char *line = fuzz_string(bytes, used);
		if (!http_message_add_header(message, line, used, NULL))
			return;
		bytes += used;
		length -= used;
	}
}

void fuzz_headers(const uint8_t *bytes, size_t length)
{
	struct http_message message;
	struct acme_reply reply;

	http_message_init(&message);
	add_lines(&message, bytes, length);
	struct http_reply source = http_message_reply(&message, 200);
	acme_reply_read(&reply, &source, FUZZ_NOW);
	check(&reply.reply);
	check_nonce(http_reply_header(&source, "replay-nonce"));
	acme_reply_clear(&reply);
	http_message_clear(&message);
}
