/* SPDX-License-Identifier: MIT */
#include "fake_helper.h"

#include "message.h"
#include "paths.h"
#include "text.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static void on_readable(struct ev_loop *loop, ev_io *io, int events)
{
	static char bytes[MESSAGE_MAX];
	struct fake_helper *helper = io->data;
	ssize_t length = recv(helper->connection, bytes, sizeof(bytes), 0);

	(void)loop;
	(void)events;
	if (length <= 0) {
		fake_helper_hang_up(helper);
		return;
	}
	helper->packets++;
	json_t *request = json_loadb(bytes, (size_t)length, 0, NULL);
	ck_assert_ptr_nonnull(request);
	if (helper->on_request)
		helper->on_request(helper, request);
	json_decref(request);
}

static void on_connection(struct ev_loop *loop, ev_io *io, int events)
{
	struct fake_helper *helper = io->data;

	(void)events;
	helper->connection = accept(helper->listening, NULL, NULL);
	ck_assert_int_ge(helper->connection, 0);
	ev_io_init(&helper->reading, on_readable, helper->connection, EV_READ);
	helper->reading.data = helper;
	ev_io_start(loop, &helper->reading);
}

static void make_folder(void)
{
	char folder[] = "/tmp/acmed-unit-XXXXXX";
	char runtime[sizeof(folder) + 4];

	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(runtime, sizeof(runtime), "%s/run", folder);
	ck_assert_int_eq(setenv("RUNTIME_DIRECTORY", runtime, 1), 0);
	ck_assert_int_eq(mkdir(paths_sockets(), 0700), 0);
}

void fake_helper_start(
	struct fake_helper *helper, struct ev_loop *loop, const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	make_folder();
	snprintf(helper->path, sizeof(helper->path), "%s/%s", paths_sockets(),
		name);
	memcpy(address.sun_path, helper->path, sizeof(helper->path));
	helper->loop = loop;
	helper->connection = -1;
	helper->listening = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(
		bind(helper->listening, (void *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(helper->listening, 4), 0);
	ev_io_init(
		&helper->accepting, on_connection, helper->listening, EV_READ);
	helper->accepting.data = helper;
	ev_io_start(loop, &helper->accepting);
}

void fake_helper_hang_up(struct fake_helper *helper)
{
	if (helper->connection < 0)
		return;
	ev_io_stop(helper->loop, &helper->reading);
	close(helper->connection);
	helper->connection = -1;
}

void fake_helper_stop(struct fake_helper *helper)
{
	char folder[sizeof(helper->path)];

	fake_helper_hang_up(helper);
	ev_io_stop(helper->loop, &helper->accepting);
	close(helper->listening);
	unlink(helper->path);
	snprintf(folder, sizeof(folder), "%s", paths_sockets());
	rmdir(folder);
	*strrchr(folder, '/') = '\0';
	rmdir(folder);
}

void fake_helper_send(
	struct fake_helper *helper, const char *bytes, size_t length)
{
	ssize_t sent = send(helper->connection, bytes, length, MSG_NOSIGNAL);

	/* The other side may have hung up. */
	ck_assert(sent == (ssize_t)length || errno == EPIPE);
}

void fake_helper_reply(
	struct fake_helper *helper, const json_t *request, json_t *reply)
{
	size_t length = 0;

	ck_assert_ptr_nonnull(reply);
	json_object_set(reply, "id", json_object_get(request, "id"));
	char *bytes = message_encode(reply, &length, NULL);
	json_decref(reply);
	fake_helper_send(helper, bytes, length);
	free(bytes);
}
