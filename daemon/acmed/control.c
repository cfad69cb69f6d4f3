/* SPDX-License-Identifier: MIT */
#include "control.h"

#include "connection.h"
#include "listener.h"
#include "mem.h"
#include "methods.h"
#include "paths.h"
#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define MOST_CLIENTS 64
#define MOST_OF_OTHERS 48 /* than root and ourselves: we stay in reach */
#define MOST_OF_ONE 16 /* of them */
#define BACKLOG 64

struct control {
	struct methods methods;
	struct listener listener;
	struct connection *clients[MOST_CLIENTS];
};

static void on_call(void *data, struct call *call)
{
	struct control *control = data;

	methods_run(&control->methods, call);
}

static struct connection **place_of(
	struct control *control, const struct connection *connection)
{
	for (size_t i = 0; i < MOST_CLIENTS; i++)
		if (control->clients[i] == connection)
			return &control->clients[i];
	return NULL;
}

static void on_close(void *data, struct connection *connection)
{
	struct connection **place = place_of(data, connection);

	if (place)
		*place = NULL;
}

static bool is_privileged(uid_t uid)
{
	return uid == 0 || uid == geteuid();
}

/* Room is kept for those who may change something. */
static bool is_welcome(
	const struct control *control, const struct connection *connection)
{
	uid_t uid = connection_uid(connection);
	size_t others = 0, same = 0;

	for (size_t i = 0; i < MOST_CLIENTS; i++) {
		if (!control->clients[i])
			continue;
		uid_t client = connection_uid(control->clients[i]);
		others += !is_privileged(client);
		same += client == uid;
	}
	return is_privileged(uid) ||
		(others < MOST_OF_OTHERS && same < MOST_OF_ONE);
}

static void on_accept(struct ev_loop *loop, ev_io *io, int events)
{
	struct control *control = io->data;
	struct connection_owner owner = {
		.on_call = on_call, .on_close = on_close, .data = control};
	struct connection **place = place_of(control, NULL);

	(void)events;
	int fd = listener_accept(&control->listener, NULL, NULL);
	if (fd < 0)
		return;
	struct connection *connection = connection_new(loop, fd, &owner);
	if (place && is_welcome(control, connection))
		*place = connection;
	else
		connection_free(connection);
}

/* A socket that nobody listens on is left from before; one that answers is
 * another daemon's. */
static bool remove_stale(const struct sockaddr_un *address, struct error *err)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return fail_errno(err, errno, "control socket");
	int result =
		connect(fd, (const struct sockaddr *)address, sizeof(*address));
	close(fd);
	if (result == 0)
		return fail_cause(err, ERROR_LOCAL, "L8",
			"another acmed answers on '%s'", address->sun_path);
	unlink(address->sun_path);
	return true;
}

static int bind_socket(struct error *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int length = snprintf(address.sun_path, sizeof(address.sun_path),
		"%s/control", paths_runtime());

	if (length >= (int)sizeof(address.sun_path)) {
		fail(err, ERROR_LOCAL, "the path of '%s/control' is too long",
			paths_runtime());
		return -1;
	}
	if (!remove_stale(&address, err))
		return -1;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 &&
		bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
		chmod(address.sun_path, 0666) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	int number = errno;
	fail_errno(err, number, "cannot make the control socket '%s'",
		address.sun_path);
	if (number == ENOENT)
		error_prefix(err,
			"there is no folder %s: 'systemctl start acmed' makes "
			"it, or set RUNTIME_DIRECTORY",
			paths_runtime());
	if (fd >= 0)
		close(fd);
	return -1;
}

struct control *control_new(struct ev_loop *loop, struct schedule *schedule,
	const struct control_daemon *daemon, struct error *err)
{
	int fd = bind_socket(err);

	if (fd < 0)
		return NULL;
	struct control *control = mem_new(sizeof(*control));
	control->methods =
		(struct methods){.schedule = schedule, .daemon = *daemon};
	listener_start(&control->listener, loop, fd, on_accept, control);
	return control;
}

void control_free(struct control *control)
{
	if (!control)
		return;
	for (size_t i = 0; i < MOST_CLIENTS; i++)
		connection_free(control->clients[i]);
	listener_stop(&control->listener);
	free(control);
}
