/* SPDX-License-Identifier: MIT */

/*
 * What a stranger sends to the challenge port (RFC 9112): one request after
 * the other; a token is base64url, and the reply has its length.
 */

#include "http01.h"

#include "base64url.h"
#include "fuzz.h"
#include "mem.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

static void check_reply(const struct http01_request *request)
{
	char out[HTTP01_REPLY_MAX];
	size_t length = http01_reply(out, request, "token.thumb");
	char line[32];

	fuzz_check(length > 0 && length <= sizeof(out));
	snprintf(line, sizeof(line), "HTTP/1.1 %d ", (int)request->status);
	fuzz_check(memcmp(out, line, strlen(line)) == 0);
	fuzz_check(memmem(out, length, "\r\n\r\n", 4));
	if (request->status == HTTP01_OK && !request->is_head)
		fuzz_check(memcmp(out + length - 11, "token.thumb", 11) == 0);
}

static void check(const struct http01_request *request)
{
	if (request->status == HTTP01_OK)
		fuzz_check(base64url_is_valid(request->token));
	if (request->status == HTTP01_BAD_REQUEST)
		fuzz_check(!request->keeps_alive);
	check_reply(request);
}

/* Half of a request is never taken for a whole one with another end. */
static void check_half(const char *bytes, size_t used)
{
	struct http01_request half = {0};
	cleanup(string) char *copy =
		fuzz_string((const uint8_t *)bytes, used - 1);
	size_t taken = http01_read(copy, used - 1, &half);

	if (taken)
		fuzz_check(half.status == HTTP01_BAD_REQUEST);
}

void fuzz_http01(const uint8_t *bytes, size_t length)
{
	const char *next = (const char *)bytes;

	while (length) {
		struct http01_request request = {0};
		cleanup(string) char *copy =
			fuzz_string((const uint8_t *)next, length);
		size_t used = http01_read(copy, length, &request);
		fuzz_check(used <= length);
		if (!used) {
			fuzz_check(length < HTTP01_REQUEST_MAX);
			return;
		}
		check(&request);
		if (request.status != HTTP01_BAD_REQUEST)
			check_half(next, used);
		next += used;
		length -= used;
	}
}
