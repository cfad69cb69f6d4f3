/* SPDX-License-Identifier: MIT */
#include "client.h"

#include "json.h"
#include "mem.h"
#include "paths.h"
#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define REPLY_MAX (64 * 1024 * 1024) /* of our own daemon */
#define INTERFACE "org.acmed.Control."

struct client {
	int fd;
	struct text in;
};

/* A full backlog makes connect() wait as long as send(). */
static void limit(int fd, int seconds)
{
	const struct timeval most = {.tv_sec = seconds};

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof(most));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof(most));
}

struct client *client_new_within(int seconds, struct error *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/control",
		paths_runtime());
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		fail_errno(err, errno, "socket");
		return NULL;
	}
	limit(fd, seconds);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		fail_errno(err, errno, "no daemon answers on '%s'",
			address.sun_path);
		close(fd);
		return NULL;
	}
	struct client *client = calloc(1, sizeof(*client));
	if (!client)
		abort();
	client->fd = fd;
	client->in.limit = REPLY_MAX;
	return client;
}

struct client *client_new(struct error *err)
{
	return client_new_within(0, err);
}

void client_free(struct client *client)
{
	if (!client)
		return;
	close(client->fd);
	text_clear(&client->in);
	free(client);
}

static bool send_all(
	int fd, const char *bytes, size_t length, struct error *err)
{
	while (length) {
		ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return fail_errno(err, errno, "the daemon went away");
		bytes += sent;
		length -= (size_t)sent;
	}
	return true;
}

bool client_call(struct client *client, const char *method, json_t *parameters,
	bool is_more, struct error *err)
{
	char *name cleanup(string) = text_format(INTERFACE "%s", method);
	json_t *call cleanup(json) = json_pack("{s:s, s:o, s:b}", "method",
		name, "parameters", parameters, "more", is_more);
	char *text cleanup(string) = json_write(call);

	if (!text)
		return fail_memory(err);
	return send_all(client->fd, text, strlen(text) + 1, err);
}

/* Until a whole message is in. */
static bool fill(struct client *client, struct error *err)
{
	char bytes[65536];

	while (!client->in.length ||
		!memchr(client->in.data, '\0', client->in.length)) {
		ssize_t length = recv(client->fd, bytes, sizeof(bytes), 0);
		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0 && errno == EAGAIN)
			return fail(err, ERROR_LOCAL,
				"the daemon does not answer, it hangs");
		if (length < 0)
			return fail_errno(err, errno, "the daemon went away");
		if (length == 0)
			return fail(err, ERROR_LOCAL,
				"the daemon closed the connection: "
				"'journalctl -u acmed' says why");
		text_add_bytes(&client->in, bytes, (size_t)length);
		if (client->in.failed)
			return fail(err, ERROR_LOCAL, "a reply is too long");
	}
	return true;
}

static json_t *take_message(struct client *client, struct error *err)
{
	struct text rest = {.limit = REPLY_MAX};

	if (!fill(client, err))
		return NULL;
	size_t length = strlen(client->in.data);
	json_t *message = json_read(client->in.data, length, "reply", err);
	text_add_bytes(&rest, client->in.data + length + 1,
		client->in.length - length - 1);
	text_clear(&client->in);
	client->in = rest;
	return message;
}

/* The words for an error of the interface. */
static void explain(
	const char *name, const json_t *parameters, struct error *err)
{
	const json_t *failure = json_object_get(parameters, "failure");
	enum error_kind kind = ERROR_REFUSED;

	if (failure) {
		error_kind_parse(
			member_string_or(failure, "kind", "refused"), &kind);
		fail_cause(err, kind, member_string_or(failure, "code", ""),
			"%s", member_string_or(failure, "text", name));
	} else if (text_ends_with(name, ".NoSuchCertificate"))
		fail(err, kind,
			"there is no certificate '%s'; acmectl status lists "
			"them",
			member_string_or(parameters, "name", "?"));
	else if (text_ends_with(name, ".PermissionDenied"))
		fail(err, kind, "this needs root or membership of acmed-admin");
	else if (text_ends_with(name, ".InvalidParameter"))
		fail(err, kind, "bad value of '%s'",
			member_string_or(parameters, "parameter", "?"));
	else
		fail(err, kind, "%s",
			member_string_or(parameters, "text", name));
}

enum client_reply client_next(
	struct client *client, json_t **reply, struct error *err)
{
	json_t *message cleanup(json) = take_message(client, err);

	*reply = NULL;
	if (!message)
		return CLIENT_BROKEN;
	*reply = json_incref(json_object_get(message, "parameters"));
	const char *error = member_string_or(message, "error", NULL);
	if (error) {
		explain(error, *reply, err);
		return CLIENT_FAILED;
	}
	return member_bool_or(message, "continues", false) ? CLIENT_MORE
							   : CLIENT_LAST;
}
