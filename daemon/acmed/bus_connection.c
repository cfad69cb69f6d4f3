/* SPDX-License-Identifier: MIT */
#include "bus_connection.h"

#include "mem.h"
#include "monotonic.h"
#include "unit_job.h"

#include <errno.h>
#include <poll.h>

#define NEVER UINT64_MAX
#define MICROSECONDS 1e6

struct bus_connection {
	struct ev_loop *loop; /* borrowed */
	struct bus_events events;
	sd_bus *bus; /* owned */
	ev_prepare prepare;
	ev_io io;
	ev_timer timer;
};

static void stop(struct bus_connection *connection)
{
	ev_prepare_stop(connection->loop, &connection->prepare);
	ev_io_stop(connection->loop, &connection->io);
	ev_timer_stop(connection->loop, &connection->timer);
}

static void lose(struct bus_connection *connection, int error)
{
	stop(connection);
	connection->events.on_lost(connection->events.data, error);
}

/* What sd-bus waits for may change with every message. */
static void arm_io(struct bus_connection *connection, int fd, int events)
{
	int wanted = (events & POLLIN ? EV_READ : 0) |
		(events & POLLOUT ? EV_WRITE : 0);
	ev_io *io = &connection->io;

	if (ev_is_active(io) && io->fd == fd &&
		(io->events & (EV_READ | EV_WRITE)) == wanted)
		return;
	ev_io_stop(connection->loop, io);
	ev_io_set(io, fd, wanted);
	if (wanted)
		ev_io_start(connection->loop, io);
}

static void arm_timer(struct bus_connection *connection, uint64_t until)
{
	double wait = (double)until / MICROSECONDS - monotonic_now();

	ev_timer_stop(connection->loop, &connection->timer);
	if (until == NEVER)
		return;
	ev_timer_set(&connection->timer, wait > 0 ? wait : 0., 0.);
	ev_timer_start(connection->loop, &connection->timer);
}

static void on_prepare(struct ev_loop *loop, ev_prepare *prepare, int revents)
{
	struct bus_connection *connection = prepare->data;
	uint64_t until = NEVER;
	int fd = sd_bus_get_fd(connection->bus);
	int events = sd_bus_get_events(connection->bus);

	(void)loop;
	(void)revents;
	if (fd < 0 || events < 0 ||
		sd_bus_get_timeout(connection->bus, &until) < 0) {
		lose(connection, -ENOTCONN);
		return;
	}
	arm_io(connection, fd, events);
	arm_timer(connection, until);
}

static void drain(struct bus_connection *connection)
{
	int more;

	do
		more = sd_bus_process(connection->bus, NULL);
	while (more > 0);
	if (more < 0)
		lose(connection, more);
}

static void on_io(struct ev_loop *loop, ev_io *io, int revents)
{
	(void)loop;
	(void)revents;
	drain(io->data);
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int revents)
{
	(void)loop;
	(void)revents;
	drain(timer->data);
}

static int on_removed(sd_bus_message *message, void *data, sd_bus_error *error)
{
	struct bus_connection *connection = data;
	const char *job;
	const char *unit;
	const char *result;
	uint32_t id;

	(void)error;
	if (sd_bus_message_read(message, "uoss", &id, &job, &unit, &result) >=
		0)
		connection->events.on_removed(
			connection->events.data, job, result);
	return 0;
}

/* Nobody waits for these replies: messages keep their order, so both have
 * been heard before any job is asked for. */
static int subscribe(struct bus_connection *connection)
{
	int error = sd_bus_match_signal_async(connection->bus, NULL,
		SYSTEMD_NAME, SYSTEMD_PATH, SYSTEMD_MANAGER, "JobRemoved",
		on_removed, NULL, connection);
	sd_bus_message *message = NULL;

	if (error < 0)
		return error;
	error = sd_bus_message_new_method_call(connection->bus, &message,
		SYSTEMD_NAME, SYSTEMD_PATH, SYSTEMD_MANAGER, "Subscribe");
	if (error >= 0)
		error = sd_bus_message_set_auto_start(message, 0);
	if (error >= 0)
		error = sd_bus_message_set_expect_reply(message, 0);
	if (error >= 0)
		error = sd_bus_send(connection->bus, message, NULL);
	sd_bus_message_unref(message);
	return error;
}

static int open_bus(struct bus_connection *connection)
{
	int error = sd_bus_open_system(&connection->bus);

	return error < 0 ? error : subscribe(connection);
}

struct bus_connection *bus_connection_new(
	struct ev_loop *loop, const struct bus_events *events, int *error)
{
	struct bus_connection *connection = mem_new(sizeof(*connection));

	connection->loop = loop;
	connection->events = *events;
	ev_prepare_init(&connection->prepare, on_prepare);
	ev_init(&connection->io, on_io);
	ev_init(&connection->timer, on_timer);
	connection->prepare.data = connection;
	connection->io.data = connection;
	connection->timer.data = connection;
	*error = open_bus(connection);
	if (*error < 0) {
		bus_connection_free(connection);
		return NULL;
	}
	ev_prepare_start(loop, &connection->prepare);
	return connection;
}

void bus_connection_free(struct bus_connection *connection)
{
	if (!connection)
		return;
	stop(connection);
	sd_bus_close_unref(connection->bus);
	free(connection);
}

int bus_connection_call(struct bus_connection *connection, sd_bus_slot **slot,
	const char *method, const char *unit, sd_bus_message_handler_t on_reply,
	void *data)
{
	sd_bus_message *message = NULL;
	int error = sd_bus_message_new_method_call(connection->bus, &message,
		SYSTEMD_NAME, SYSTEMD_PATH, SYSTEMD_MANAGER, method);

	if (error >= 0)
		error = sd_bus_message_set_auto_start(message, 0);
	if (error >= 0)
		error = sd_bus_message_append(message, "ss", unit, "replace");
	if (error >= 0)
		error = sd_bus_call_async(connection->bus, slot, message,
			on_reply, data, UINT64_MAX);
	sd_bus_message_unref(message);
	return error < 0 ? error : 0;
}
