/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Bytes as the reply of a CA: through the caps of HTTP and the reading of its
 * header, as every reply goes.
 */

#include "acme_reply.h"
#include "http_message.h"

struct hostile_reply {
	struct http_message message;
	struct http_reply source;
	struct acme_reply acme; /* .reply is what the protocol gets */
};

/* False when it is larger than HTTP allows. `head` are whole lines. Clear it
 * in any case. */
bool hostile_reply_make(struct hostile_reply *out, long status,
	const char *head, const char *body, size_t length);
void hostile_reply_clear(struct hostile_reply *reply);
