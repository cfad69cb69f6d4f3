/* SPDX-License-Identifier: MIT */
#include "http_message.h"

#include "mem.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* A status line begins a new reply; what came before was a 1xx. */
static void restart(struct http_message *message)
{
	text_clear(&message->headers);
	message->headers.limit = HTTP_HEADERS_MAX;
	message->header_count = 0;
	message->has_whole_head = false;
}

static void add_field(struct http_message *message, const char *line,
	size_t name_length, const char *end)
{
	const char *value = line + name_length + 1;

	for (size_t i = 0; i < name_length; i++)
		text_add_bytes(&message->headers, &(char){lower(line[i])}, 1);
	text_add_bytes(&message->headers, "", 1);
	while (value < end && is_blank(*value))
		value++;
	while (end > value && is_blank(end[-1]))
		end--;
	text_add_bytes(&message->headers, value, (size_t)(end - value));
	text_add_bytes(&message->headers, "", 1);
	if (!message->headers.failed) /* else half of it is there */
		message->header_count++;
}

void http_message_init(struct http_message *message)
{
	*message = (struct http_message){
		.headers.limit = HTTP_HEADERS_MAX,
		.body.limit = HTTP_BODY_MAX,
	};
}

void http_message_clear(struct http_message *message)
{
	text_clear(&message->headers);
	text_clear(&message->body);
	free(take(message->list));
}

bool http_message_add_header(struct http_message *message, const char *line,
	size_t length, struct error *err)
{
	const char *colon = memchr(line, ':', length);

	message->received += length;
	if (length >= 5 && memcmp(line, "HTTP/", 5) == 0)
		restart(message);
	else if (length <= 2 && is_blank(*line))
		message->has_whole_head = true;
	else if (colon && colon > line && !memchr(line, '\0', length))
		add_field(message, line, (size_t)(colon - line), line + length);
	if (!message->headers.failed && message->received <= HTTP_BODY_MAX)
		return true;
	return fail_cause(err, ERROR_TRANSIENT, "M6",
		"the header is larger than %d KiB", HTTP_HEADERS_MAX / 1024);
}

bool http_message_add_body(struct http_message *message, const char *bytes,
	size_t length, struct error *err)
{
	message->received += length;
	text_add_bytes(&message->body, bytes, length);
	if (!message->body.failed)
		return true;
	return fail_cause(err, ERROR_TRANSIENT, "M6",
		"the answer is larger than %d KiB", HTTP_BODY_MAX / 1024);
}

struct http_reply http_message_reply(struct http_message *message, long status)
{
	const char *next = message->headers.data;

	free(message->list);
	message->list =
		mem_new((message->header_count + 1) * sizeof(*message->list));
	for (size_t i = 0; i < message->header_count; i++) {
		message->list[i].name = next;
		next += strlen(next) + 1;
		message->list[i].value = next;
		next += strlen(next) + 1;
	}
	return (struct http_reply){
		.status = status,
		.headers = message->list,
		.header_count = message->header_count,
		.body = message->body.data ? message->body.data : "",
		.length = message->body.length,
	};
}

const char *http_reply_header(const struct http_reply *reply, const char *name)
{
	for (size_t i = 0; i < reply->header_count; i++)
		if (streq(reply->headers[i].name, name))
			return reply->headers[i].value;
	return NULL;
}
