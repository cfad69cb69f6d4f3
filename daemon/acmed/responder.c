/* SPDX-License-Identifier: MIT */
#include "responder.h"

#include "http01.h"
#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPTS_A_TURN 16
#define PAUSE_WITHOUT_DESCRIPTORS 1.0

enum connection_state {
	CONNECTION_READS,
	CONNECTION_WRITES,
	CONNECTION_LINGERS, /* all is said; what still comes is thrown away */
};

struct connection {
	struct connection *next; /* a younger one */
	struct responder *responder;
	ev_io io;
	ev_timer deadline;
	enum connection_state state;
	struct http01_request request;
	char in[HTTP01_REQUEST_MAX];
	size_t in_length;
	char out[HTTP01_REPLY_MAX];
	size_t out_length;
	size_t out_sent;
};

struct responder_listener {
	struct responder_listener *next;
	struct responder *responder;
	ev_io io;
	ev_timer pause;
};

struct responder {
	struct ev_loop *loop;
	struct responder_source source;
	struct responder_listener *listeners;
	struct connection *oldest;
	unsigned connections;
};

/* One connection. The functions that give a bool say whether it lives. */

static bool connection_close(struct connection *connection)
{
	struct responder *responder = connection->responder;
	struct connection **link = &responder->oldest;

	while (*link != connection)
		link = &(*link)->next;
	*link = connection->next;
	responder->connections--;
	ev_io_stop(responder->loop, &connection->io);
	ev_timer_stop(responder->loop, &connection->deadline);
	close(connection->io.fd);
	free(connection);
	return false;
}

static void await(struct connection *connection, enum connection_state state)
{
	struct ev_loop *loop = connection->responder->loop;
	int events = state == CONNECTION_WRITES ? EV_WRITE : EV_READ;

	connection->state = state;
	if (connection->io.events & events)
		return;
	ev_io_stop(loop, &connection->io);
	ev_io_set(&connection->io, connection->io.fd, events);
	ev_io_start(loop, &connection->io);
}

/* A close with unread input would reset the connection, and the reply might
 * be lost with it (RFC 9112 section 9.6). */
static bool linger(struct connection *connection)
{
	shutdown(connection->io.fd, SHUT_WR);
	await(connection, CONNECTION_LINGERS);
	return true;
}

static bool finish_reply(struct connection *connection)
{
	struct responder *responder = connection->responder;
	struct http01_request request = connection->request;

	if (request.keeps_alive) {
		ev_timer_again(responder->loop, &connection->deadline);
		await(connection, CONNECTION_READS);
	} else {
		linger(connection);
	}
	if (request.status == HTTP01_OK && !request.is_head)
		responder->source.on_fetch(
			responder->source.data, request.token);
	return true;
}

static bool write_reply(struct connection *connection)
{
	ssize_t sent = send(connection->io.fd,
		connection->out + connection->out_sent,
		connection->out_length - connection->out_sent, MSG_NOSIGNAL);

	if (sent < 0) {
		if (errno != EAGAIN && errno != EINTR)
			return connection_close(connection);
		sent = 0;
	}
	connection->out_sent += (size_t)sent;
	if (connection->out_sent == connection->out_length)
		return finish_reply(connection);
	await(connection, CONNECTION_WRITES);
	return true;
}

static void make_reply(struct connection *connection)
{
	const struct responder_source *source = &connection->responder->source;
	struct http01_request *request = &connection->request;
	const char *answer = NULL;

	if (request->status == HTTP01_OK)
		answer = source->find(source->data, request->token);
	if (request->status == HTTP01_OK && !answer)
		request->status = HTTP01_NOT_FOUND;
	connection->out_length = http01_reply(connection->out, request, answer);
	connection->out_sent = 0;
}

/* Answers what has come whole, one after the other. */
static bool serve(struct connection *connection)
{
	while (connection->state == CONNECTION_READS) {
		size_t taken = http01_read(connection->in,
			connection->in_length, &connection->request);
		if (!taken)
			return true;
		connection->in_length -= taken;
		memmove(connection->in, connection->in + taken,
			connection->in_length);
		make_reply(connection);
		if (!write_reply(connection))
			return false;
	}
	return true;
}

static bool read_some(struct connection *connection)
{
	ssize_t got =
		recv(connection->io.fd, connection->in + connection->in_length,
			sizeof(connection->in) - connection->in_length, 0);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (got <= 0)
		return connection_close(connection);
	if (connection->state == CONNECTION_LINGERS)
		return true;
	connection->in_length += (size_t)got;
	return serve(connection);
}

static void on_connection(struct ev_loop *loop, ev_io *io, int events)
{
	struct connection *connection = io->data;

	(void)loop;
	(void)events;
	if (connection->state == CONNECTION_LINGERS)
		connection->in_length = 0;
	if (connection->state != CONNECTION_WRITES)
		read_some(connection);
	else if (write_reply(connection))
		serve(connection);
}

static void on_deadline(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	connection_close(timer->data);
}

static void connection_open(struct responder *responder, int fd)
{
	struct connection *connection = mem_new(sizeof(*connection));
	struct connection **link = &responder->oldest;

	if (responder->connections == RESPONDER_CONNECTIONS)
		connection_close(responder->oldest);
	while (*link)
		link = &(*link)->next;
	*link = connection;
	responder->connections++;
	connection->responder = responder;
	ev_io_init(&connection->io, on_connection, fd, EV_READ);
	ev_timer_init(&connection->deadline, on_deadline, 0.,
		responder->source.deadline);
	connection->io.data = connection;
	connection->deadline.data = connection;
	ev_io_start(responder->loop, &connection->io);
	ev_timer_again(responder->loop, &connection->deadline);
}

/* Listeners. */

/* Without descriptors the socket stays readable: look away for a while, and
 * give up the oldest connection. */
static void pause_accepting(struct responder_listener *listener)
{
	struct responder *responder = listener->responder;

	ev_io_stop(responder->loop, &listener->io);
	ev_timer_again(responder->loop, &listener->pause);
	if (responder->oldest)
		connection_close(responder->oldest);
}

static bool is_exhausted(int number)
{
	return number == EMFILE || number == ENFILE || number == ENOBUFS ||
		number == ENOMEM;
}

static void on_listener(struct ev_loop *loop, ev_io *io, int events)
{
	struct responder_listener *listener = io->data;

	(void)loop;
	(void)events;
	for (int i = 0; i < ACCEPTS_A_TURN; i++) {
		int fd = accept4(
			io->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			connection_open(listener->responder, fd);
			continue;
		}
		if (is_exhausted(errno))
			pause_accepting(listener);
		return;
	}
}

static void on_pause_end(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct responder_listener *listener = timer->data;

	(void)events;
	ev_timer_stop(loop, timer);
	ev_io_start(loop, &listener->io);
}

struct responder_listener *responder_listen(struct responder *responder, int fd)
{
	struct responder_listener *listener = mem_new(sizeof(*listener));

	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	listener->responder = responder;
	listener->next = responder->listeners;
	responder->listeners = listener;
	ev_io_init(&listener->io, on_listener, fd, EV_READ);
	ev_timer_init(
		&listener->pause, on_pause_end, 0., PAUSE_WITHOUT_DESCRIPTORS);
	listener->io.data = listener;
	listener->pause.data = listener;
	ev_io_start(responder->loop, &listener->io);
	return listener;
}

void responder_unlisten(struct responder_listener *listener)
{
	struct responder *responder = listener->responder;
	struct responder_listener **link = &responder->listeners;

	while (*link != listener)
		link = &(*link)->next;
	*link = listener->next;
	ev_io_stop(responder->loop, &listener->io);
	ev_timer_stop(responder->loop, &listener->pause);
	close(listener->io.fd);
	free(listener);
}

struct responder *responder_new(
	struct ev_loop *loop, const struct responder_source *source)
{
	struct responder *responder = mem_new(sizeof(*responder));

	responder->loop = loop;
	responder->source = *source;
	if (responder->source.deadline <= 0)
		responder->source.deadline = RESPONDER_DEADLINE;
	return responder;
}

void responder_free(struct responder *responder)
{
	if (!responder)
		return;
	while (responder->listeners)
		responder_unlisten(responder->listeners);
	while (responder->oldest)
		connection_close(responder->oldest);
	free(responder);
}
