/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A reply as it arrives: header lines and body, both capped.
 */

#include "http.h"
#include "text.h"

struct http_message {
	struct text headers; /* "name\0value\0" after each other */
	struct text body;
	size_t header_count;
	bool has_whole_head; /* the empty line has come */
	size_t received; /* bytes, of all header lines and body */
	struct http_header *list; /* owned, made by http_message_reply() */
};

void http_message_init(struct http_message *message);
void http_message_clear(struct http_message *message);

/* One line as curl gives it. False with err (M6) when there is too much. */
bool http_message_add_header(struct http_message *message, const char *line,
	size_t length, struct error *err);
bool http_message_add_body(struct http_message *message, const char *bytes,
	size_t length, struct error *err);

/* What has arrived; borrowed from the message. */
struct http_reply http_message_reply(struct http_message *message, long status);
