/* SPDX-License-Identifier: MIT */
#include "reply.h"

#include "fuzz.h"

#define PIECE 16384 /* as curl hands a body on */

static bool add_lines(struct http_message *message, const char *head)
{
	while (*head) {
		size_t length = strcspn(head, "\n");
		length += head[length] == '\n';
		if (!http_message_add_header(message, head, length, NULL))
			return false;
		head += length;
	}
	return true;
}

static bool add_body(
	struct http_message *message, const char *body, size_t length)
{
	while (length) {
		size_t piece = length < PIECE ? length : PIECE;
		if (!http_message_add_body(message, body, piece, NULL))
			return false;
		body += piece;
		length -= piece;
	}
	return true;
}

bool hostile_reply_make(struct hostile_reply *out, long status,
	const char *head, const char *body, size_t length)
{
	*out = (struct hostile_reply){0};
	http_message_init(&out->message);
	bool fits = add_lines(&out->message, head) &&
		add_body(&out->message, body, length);
	out->source = http_message_reply(&out->message, status);
	acme_reply_read(&out->acme, &out->source, FUZZ_NOW);
	return fits;
}

void hostile_reply_clear(struct hostile_reply *reply)
{
	acme_reply_clear(&reply->acme);
	http_message_clear(&reply->message);
}
