/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The little of HTTP that http-01 needs (RFC 8555 section 8.3, RFC 9112): is
 * this a request for a token, and the head of the reply. No input or output.
 */

#include "challenge.h"

#include <stddef.h>

#define HTTP01_REQUEST_MAX 8192
#define HTTP01_REPLY_MAX 1024
#define HTTP01_ANSWER_MAX 512

enum http01_status {
	HTTP01_OK = 200, /* token is set and well formed, but maybe unknown */
	HTTP01_BAD_REQUEST = 400,
	HTTP01_NOT_FOUND = 404,
	HTTP01_WRONG_METHOD = 405,
};

struct http01_request {
	enum http01_status status;
	char token[CHALLENGE_TOKEN_MAX + 1];
	bool is_head;
	bool keeps_alive; /* the connection may serve another request */
};

/* Reads one request from the front of what a stranger sent. Gives the number
 * of bytes that it takes up, or 0 when its end has not come yet; a request
 * that never ends is HTTP01_BAD_REQUEST from HTTP01_REQUEST_MAX on. */
size_t http01_read(
	const char *bytes, size_t length, struct http01_request *request);

/* Writes the whole reply, gives its length. `answer` is the body of a reply
 * with HTTP01_OK, at most HTTP01_ANSWER_MAX bytes. */
size_t http01_reply(char out[static HTTP01_REPLY_MAX],
	const struct http01_request *request, const char *answer);
