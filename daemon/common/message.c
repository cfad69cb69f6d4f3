/* SPDX-License-Identifier: MIT */
#include "message.h"

#include "json.h"
#include "mem.h"
#include "member.h"
#include "text.h"

#include <errno.h>
#include <sys/socket.h>

char *message_encode(const json_t *value, size_t *length, struct error *err)
{
	cleanup(string) char *bytes = json_write(value);

	if (!bytes) {
		fail(err, ERROR_LOCAL, "a message cannot be written as JSON");
		return NULL;
	}
	*length = strlen(bytes);
	if (*length > MESSAGE_MAX) {
		fail(err, ERROR_LOCAL,
			"a message of %zu bytes is over the limit of %d",
			*length, MESSAGE_MAX);
		return NULL;
	}
	return take(bytes);
}

json_t *message_decode(const char *bytes, size_t length, struct error *err)
{
	cleanup(json) json_t *value = NULL;

	if (length > MESSAGE_MAX) {
		fail(err, ERROR_LOCAL,
			"a message of %zu bytes is over the limit of %d",
			length, MESSAGE_MAX);
		return NULL;
	}
	value = json_read(bytes, length, "a message", err);
	if (!value) {
		if (err)
			err->kind = ERROR_LOCAL;
		return NULL;
	}
	if (!json_is_object(value)) {
		fail(err, ERROR_LOCAL, "a message is no JSON object");
		return NULL;
	}
	return take(value);
}

bool message_send(int socket, const json_t *value, struct error *err)
{
	size_t length = 0;
	cleanup(string) char *bytes = message_encode(value, &length, err);
	ssize_t sent;

	if (!bytes)
		return false;
	do
		sent = send(socket, bytes, length, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent < 0)
		return fail_errno(err, errno, "cannot send a message");
	return true;
}

/* Without a control buffer the kernel closes descriptors that come along. */
static ssize_t receive(int socket, char *bytes, size_t size, bool *is_cut)
{
	struct iovec part = {.iov_base = bytes, .iov_len = size};
	struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
	ssize_t length;

	do
		length = recvmsg(socket, &header, 0);
	while (length < 0 && errno == EINTR);
	*is_cut = length >= 0 && (header.msg_flags & MSG_TRUNC);
	return length;
}

json_t *message_receive(int socket, struct error *err)
{
	cleanup(string) char *bytes = malloc(MESSAGE_MAX);
	bool is_cut = false;

	if (!bytes) {
		fail_memory(err);
		return NULL;
	}
	ssize_t length = receive(socket, bytes, MESSAGE_MAX, &is_cut);
	if (length < 0) {
		fail_errno(err, errno, "cannot receive a message");
		return NULL;
	}
	if (is_cut) {
		fail(err, ERROR_LOCAL, "a message is over the limit of %d",
			MESSAGE_MAX);
		return NULL;
	}
	if (!length) {
		fail(err, ERROR_NONE, "the other side has gone");
		return NULL;
	}
	return message_decode(bytes, (size_t)length, err);
}

json_t *message_error(const json_t *request, const struct error *err)
{
	json_t *id = json_object_get(request, "id");

	return json_pack("{s:O*, s:{s:s, s:s, s:s, s:f}}", "id", id, "error",
		"kind", error_kind_name(err->kind), "code", err->code, "text",
		err->text, "retry_after", err->retry_after);
}

bool message_is_error(const json_t *reply, struct error *err)
{
	const json_t *error = json_object_get(reply, "error");
	enum error_kind kind = ERROR_NONE;

	if (!error)
		return false;
	if (!error_kind_parse(member_string_or(error, "kind", ""), &kind) ||
		kind == ERROR_NONE)
		kind = ERROR_LOCAL;
	fail_cause(err, kind, member_string_or(error, "code", ""), "%s",
		member_string_or(error, "text", "an error without a text"));
	if (err)
		err->retry_after = member_wait(error, "retry_after");
	return true;
}
