/* SPDX-License-Identifier: MIT */
#include "http01.h"

#include "base64url.h"
#include "text.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define WELL_KNOWN "/.well-known/acme-challenge/"

/* A piece of the request, not terminated. */
struct span {
	const char *start;
	size_t length;
};

static bool span_is(struct span span, const char *word)
{
	return span.length == strlen(word) &&
		memcmp(span.start, word, span.length) == 0;
}

/* Cuts off the front up to `end`, and `end` itself. */
static struct span cut(struct span *rest, char end)
{
	struct span front = *rest;
	const char *at = memchr(rest->start, end, rest->length);

	if (at)
		front.length = (size_t)(at - rest->start);
	size_t used = front.length + (at != NULL);
	rest->start += used;
	rest->length -= used;
	return front;
}

static struct span cut_line(struct span *rest)
{
	struct span line = cut(rest, '\n');

	if (line.length && line.start[line.length - 1] == '\r')
		line.length--;
	return line;
}

static struct span trim(struct span span)
{
	while (span.length && strchr(" \t", span.start[0])) {
		span.start++;
		span.length--;
	}
	while (span.length && strchr(" \t", span.start[span.length - 1]))
		span.length--;
	return span;
}

/* The bytes up to and with the empty line, 0 when there is none yet. */
static size_t head_length(const char *bytes, size_t length)
{
	struct span rest = {bytes, length};

	while (memchr(rest.start, '\n', rest.length))
		if (cut_line(&rest).length == 0)
			return length - rest.length;
	return 0;
}

/* RFC 9112 section 3.2.2: a server accepts the absolute form, too. */
static struct span path_of(struct span target)
{
	static const char scheme[] = "http://";
	const size_t length = strlen(scheme);

	if (target.length < length ||
		strncasecmp(target.start, scheme, length) != 0)
		return target;
	struct span rest = {target.start + length, target.length - length};
	const char *slash = memchr(rest.start, '/', rest.length);
	if (!slash)
		return (struct span){"/", 1};
	rest.length -= (size_t)(slash - rest.start);
	rest.start = slash;
	return rest;
}

static enum http01_status read_target(
	struct span target, struct http01_request *request)
{
	const size_t prefix = strlen(WELL_KNOWN);
	struct span path = path_of(target);

	if (path.length == 0 || path.start[0] != '/')
		return HTTP01_BAD_REQUEST;
	if (path.length <= prefix ||
		memcmp(path.start, WELL_KNOWN, prefix) != 0 ||
		path.length - prefix > CHALLENGE_TOKEN_MAX ||
		memchr(path.start, '\0', path.length))
		return HTTP01_NOT_FOUND;
	memcpy(request->token, path.start + prefix, path.length - prefix);
	request->token[path.length - prefix] = '\0';
	return base64url_is_valid(request->token) ? HTTP01_OK
						  : HTTP01_NOT_FOUND;
}

static enum http01_status read_request_line(
	struct span line, struct http01_request *request)
{
	struct span method = cut(&line, ' ');
	struct span target = cut(&line, ' ');

	if (!method.length || !target.length || line.length != 8 ||
		memcmp(line.start, "HTTP/1.", 7) != 0)
		return HTTP01_BAD_REQUEST;
	if (line.start[7] != '0' && line.start[7] != '1')
		return HTTP01_BAD_REQUEST;
	request->keeps_alive = line.start[7] == '1';
	request->is_head = span_is(method, "HEAD");
	if (!request->is_head && !span_is(method, "GET"))
		return HTTP01_WRONG_METHOD;
	return read_target(target, request);
}

static bool header_is(struct span name, const char *word)
{
	return name.length == strlen(word) &&
		strncasecmp(name.start, word, name.length) == 0;
}

static void read_connection(struct span value, struct http01_request *request)
{
	while (value.length) {
		struct span option = trim(cut(&value, ','));
		if (header_is(option, "close"))
			request->keeps_alive = false;
	}
}

/* False for a request with a body: where it ends we do not want to know. */
static bool read_header(struct span line, struct http01_request *request)
{
	struct span name = cut(&line, ':');
	struct span value = trim(line);

	if (header_is(name, "connection"))
		read_connection(value, request);
	if (header_is(name, "transfer-encoding"))
		return false;
	return !header_is(name, "content-length") || span_is(value, "0");
}

size_t http01_read(
	const char *bytes, size_t length, struct http01_request *request)
{
	size_t taken = head_length(bytes, length);
	struct span rest = {bytes, taken};

	*request = (struct http01_request){.status = HTTP01_BAD_REQUEST};
	if (taken > HTTP01_REQUEST_MAX ||
		(!taken && length >= HTTP01_REQUEST_MAX))
		return length;
	if (!taken)
		return 0;
	request->status = read_request_line(cut_line(&rest), request);
	while (rest.length)
		if (!read_header(cut_line(&rest), request))
			request->status = HTTP01_BAD_REQUEST;
	if (request->status == HTTP01_BAD_REQUEST ||
		request->status == HTTP01_WRONG_METHOD)
		request->keeps_alive = false;
	return taken;
}

static const char *reason(enum http01_status status)
{
	switch (status) {
	case HTTP01_OK:
		return "OK";
	case HTTP01_BAD_REQUEST:
		return "Bad Request";
	case HTTP01_NOT_FOUND:
		return "Not Found";
	case HTTP01_WRONG_METHOD:
		return "Method Not Allowed";
	}
	return "";
}

size_t http01_reply(char out[static HTTP01_REPLY_MAX],
	const struct http01_request *request, const char *answer)
{
	bool is_found = request->status == HTTP01_OK;
	assert(!is_found || strlen(answer) <= HTTP01_ANSWER_MAX);
	const char *body = is_found ? answer : reason(request->status);
	const char *type = is_found ? "application/octet-stream" : "text/plain";
	const char *allow = request->status == HTTP01_WRONG_METHOD
		? "Allow: GET, HEAD\r\n"
		: "";

	int length = snprintf(out, HTTP01_REPLY_MAX,
		"HTTP/1.1 %d %s\r\n"
		"Content-Type: %s\r\n"
		"Content-Length: %zu\r\n"
		"Cache-Control: no-store\r\n"
		"%s"
		"Connection: %s\r\n"
		"\r\n"
		"%s",
		(int)request->status, reason(request->status), type,
		strlen(body), allow,
		request->keeps_alive ? "keep-alive" : "close",
		request->is_head ? "" : body);
	return (size_t)length;
}
