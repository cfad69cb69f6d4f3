/* SPDX-License-Identifier: MIT */

/*
 * The header of a CA's reply: a value of one field, or all lines.
 */

#include "fuzz.h"
#include "kind.h"
#include "mem.h"
#include "nonce_pool.h"
#include "reply.h"

/* A reply with one field; false when it is larger than HTTP allows. */
static bool make(struct hostile_reply *reply, const char *name,
	const char *value, size_t length)
{
	cleanup(string) char *line = text_format("%s: ", name);
	size_t before = strlen(line);

	line = mem_resize(line, before + length + 3, 1);
	memcpy(line + before, value, length);
	memcpy(line + before + length, "\r\n", 3);
	*reply = (struct hostile_reply){0};
	http_message_init(&reply->message);
	bool fits = http_message_add_header(
		&reply->message, line, before + length + 2, NULL);
	reply->source = http_message_reply(&reply->message, 200);
	acme_reply_read(&reply->acme, &reply->source, FUZZ_NOW);
	return fits;
}

/* The seconds; 0: as if there were none. */
bool hostile_retry(struct text *seen, const char *bytes, size_t length)
{
	struct hostile_reply reply;
	bool fits = make(&reply, "Retry-After", bytes, length);

	text_addf(seen, "%.0f", reply.acme.reply.retry_after);
	hostile_reply_clear(&reply);
	return fits;
}

bool hostile_location(struct text *seen, const char *bytes, size_t length)
{
	struct hostile_reply reply;
	bool fits = make(&reply, "Location", bytes, length);
	bool has_location = reply.acme.reply.location;

	text_add(seen, "taken");
	hostile_reply_clear(&reply);
	return fits && has_location;
}

/* How many alternate chains it names. */
bool hostile_links(struct text *seen, const char *bytes, size_t length)
{
	struct hostile_reply reply;
	bool fits = make(&reply, "Link", bytes, length);

	text_addf(seen, "%zu", reply.acme.reply.alternate_count);
	hostile_reply_clear(&reply);
	return fits;
}

bool hostile_nonce(struct text *seen, const char *bytes, size_t length)
{
	struct hostile_reply reply;
	struct nonce_pool pool = {0};
	bool fits = make(&reply, "Replay-Nonce", bytes, length);
	const char *value = http_reply_header(&reply.source, "replay-nonce");
	bool is_new = value && nonce_pool_is_new(&pool, value);

	text_add(seen, "taken");
	hostile_reply_clear(&reply);
	return fits && is_new;
}

/* Whole lines; how many fields were kept. */
bool hostile_head(struct text *seen, const char *bytes, size_t length)
{
	struct hostile_reply reply;
	bool fits = hostile_reply_make(&reply, 200, bytes, "", 0);

	(void)length;
	text_addf(seen, "%zu", reply.source.header_count);
	hostile_reply_clear(&reply);
	return fits;
}

bool hostile_url(struct text *seen, const char *bytes, size_t length)
{
	text_add(seen, "taken");
	return strlen(bytes) == length && url_is_https(bytes);
}
