/* SPDX-License-Identifier: MIT */
#include "connection.h"

#include "json.h"
#include "mem.h"
#include "text.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define IDLE_SECONDS 60.0 /* between calls */
#define MESSAGE_SECONDS 10.0 /* from the first byte to the last */
#define MOST_GROUPS 256

struct connection {
	struct ev_loop *loop;
	struct connection_owner owner;
	int fd;
	uid_t uid;
	gid_t groups[MOST_GROUPS];
	size_t group_count;
	ev_io input;
	ev_io output;
	ev_timer deadline; /* of a message, or of idleness */
	ev_timer turn; /* the next step is taken from the loop */
	struct text in;
	struct text out;
	size_t sent; /* bytes of out that are gone */
	struct call *call;
	bool is_broken; /* ends at the next turn */
};

static void turn_soon(struct connection *connection)
{
	if (!ev_is_active(&connection->turn))
		ev_timer_start(connection->loop, &connection->turn);
}

static void break_off(struct connection *connection)
{
	connection->is_broken = true;
	turn_soon(connection);
}

static void set_deadline(struct connection *connection, double seconds)
{
	ev_timer_stop(connection->loop, &connection->deadline);
	ev_timer_set(&connection->deadline, seconds, 0.);
	ev_timer_start(connection->loop, &connection->deadline);
}

static void free_call(struct call *call)
{
	if (!call)
		return;
	free(call->method);
	json_decref(call->parameters);
	free(call);
}

/* Output. */

static void send_value(struct connection *connection, json_t *value)
{
	char *text cleanup(string) = json_write(value);

	json_decref(value);
	if (!text) {
		break_off(connection);
		return;
	}
	text_add_bytes(&connection->out, text, strlen(text) + 1);
	if (connection->out.failed)
		break_off(connection);
	else
		ev_io_start(connection->loop, &connection->output);
}

static void drained(struct connection *connection)
{
	text_clear(&connection->out);
	connection->sent = 0;
	ev_io_stop(connection->loop, &connection->output);
	if (connection->call && connection->call->on_drained)
		connection->call->on_drained(connection->call);
}

/* Nothing is left when the call only wants to go on later. */
static void on_output(struct ev_loop *loop, ev_io *io, int events)
{
	struct connection *connection = io->data;
	size_t left = connection->out.length - connection->sent;

	(void)loop;
	(void)events;
	if (!left) {
		drained(connection);
		return;
	}
	ssize_t length =
		send(connection->fd, connection->out.data + connection->sent,
			left, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (length < 0) {
		break_off(connection);
		return;
	}
	connection->sent += (size_t)length;
	if (connection->sent == connection->out.length)
		drained(connection);
}

void call_continue(struct call *call, json_t *parameters)
{
	if (!call->is_more || call->is_oneway) {
		json_decref(parameters);
		return;
	}
	send_value(call->connection,
		json_pack("{s:o, s:b}", "parameters", parameters, "continues",
			true));
}

void call_later(struct call *call)
{
	ev_io_start(call->connection->loop, &call->connection->output);
}

static void finish(struct call *call, json_t *reply)
{
	struct connection *connection = call->connection;
	bool is_oneway = call->is_oneway;

	connection->call = NULL;
	free_call(call);
	if (is_oneway)
		json_decref(reply);
	else
		send_value(connection, reply);
	set_deadline(connection, IDLE_SECONDS);
	turn_soon(connection);
}

void call_end(struct call *call, json_t *parameters)
{
	if (!parameters)
		parameters = json_object();
	finish(call, json_pack("{s:o}", "parameters", parameters));
}

void call_fail(struct call *call, const char *error, json_t *parameters)
{
	if (!parameters)
		parameters = json_object();
	finish(call,
		json_pack("{s:s, s:o}", "error", error, "parameters",
			parameters));
}

/* Input. */

static bool read_call(struct call *call, const char *bytes, size_t length)
{
	json_t *message cleanup(json) =
		json_read(bytes, length, "message", NULL);
	const char *method = member_string_or(message, "method", NULL);
	json_t *parameters = json_object_get(message, "parameters");

	if (!method)
		return false;
	if (parameters && !json_is_object(parameters) &&
		!json_is_null(parameters))
		return false;
	call->method = mem_string(method);
	call->parameters = json_is_object(parameters) ? json_incref(parameters)
						      : json_object();
	call->is_more = member_bool_or(message, "more", false);
	call->is_oneway = member_bool_or(message, "oneway", false);
	return true;
}

static void drop_input(struct connection *connection, size_t length)
{
	struct text rest = {.limit = CONNECTION_MESSAGE_MAX};

	text_add_bytes(&rest, connection->in.data + length,
		connection->in.length - length);
	text_clear(&connection->in);
	connection->in = rest;
}

/* One call at a time: the next message waits until the last reply. */
static void take_message(struct connection *connection)
{
	char *end = connection->in.length
		? memchr(connection->in.data, '\0', connection->in.length)
		: NULL;

	if (!end || connection->call)
		return;
	size_t length = (size_t)(end - connection->in.data);
	struct call *call = calloc(1, sizeof(*call));
	if (!call)
		abort();
	call->connection = connection;
	if (!read_call(call, connection->in.data, length)) {
		free_call(call);
		break_off(connection);
		return;
	}
	drop_input(connection, length + 1);
	ev_timer_stop(connection->loop, &connection->deadline);
	connection->call = call;
	connection->owner.on_call(connection->owner.data, call);
}

static void on_input(struct ev_loop *loop, ev_io *io, int events)
{
	struct connection *connection = io->data;
	char bytes[4096];

	(void)events;
	ssize_t length = recv(connection->fd, bytes, sizeof(bytes), 0);
	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (length <= 0) {
		ev_io_stop(loop, io);
		break_off(connection);
		return;
	}
	if (!connection->in.length && !connection->call)
		set_deadline(connection, MESSAGE_SECONDS);
	text_add_bytes(&connection->in, bytes, (size_t)length);
	if (connection->in.failed)
		break_off(connection);
	else
		turn_soon(connection);
}

static void on_deadline(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	break_off(timer->data);
}

static void on_turn(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct connection *connection = timer->data;

	(void)loop;
	(void)events;
	if (!connection->is_broken) {
		take_message(connection);
		return;
	}
	connection->owner.on_close(connection->owner.data, connection);
	connection_free(connection);
}

/* Life. */

static void read_peer(struct connection *connection)
{
	struct ucred peer = {.uid = (uid_t)-1};
	socklen_t length = sizeof(peer);

	connection->uid = (uid_t)-1;
	if (getsockopt(connection->fd, SOL_SOCKET, SO_PEERCRED, &peer,
		    &length) == 0)
		connection->uid = peer.uid;
	length = sizeof(connection->groups);
	if (getsockopt(connection->fd, SOL_SOCKET, SO_PEERGROUPS,
		    connection->groups, &length) == 0)
		connection->group_count = length / sizeof(gid_t);
}

struct connection *connection_new(
	struct ev_loop *loop, int fd, const struct connection_owner *owner)
{
	struct connection *connection = calloc(1, sizeof(*connection));

	if (!connection)
		abort();
	connection->loop = loop;
	connection->owner = *owner;
	connection->fd = fd;
	connection->in.limit = CONNECTION_MESSAGE_MAX;
	connection->out.limit = CONNECTION_OUTPUT_MAX;
	read_peer(connection);
	ev_io_init(&connection->input, on_input, fd, EV_READ);
	ev_io_init(&connection->output, on_output, fd, EV_WRITE);
	ev_timer_init(&connection->deadline, on_deadline, IDLE_SECONDS, 0.);
	ev_timer_init(&connection->turn, on_turn, 0., 0.);
	connection->input.data = connection;
	connection->output.data = connection;
	connection->deadline.data = connection;
	connection->turn.data = connection;
	ev_io_start(loop, &connection->input);
	ev_timer_start(loop, &connection->deadline);
	return connection;
}

void connection_free(struct connection *connection)
{
	if (!connection)
		return;
	if (connection->call && connection->call->on_cancel)
		connection->call->on_cancel(connection->call);
	free_call(connection->call);
	ev_io_stop(connection->loop, &connection->input);
	ev_io_stop(connection->loop, &connection->output);
	ev_timer_stop(connection->loop, &connection->deadline);
	ev_timer_stop(connection->loop, &connection->turn);
	text_clear(&connection->in);
	text_clear(&connection->out);
	close(connection->fd);
	free(connection);
}

uid_t connection_uid(const struct connection *connection)
{
	return connection->uid;
}

bool connection_is_in_group(
	const struct connection *connection, const char *group)
{
	struct group *entry = getgrnam(group);

	if (!entry)
		return false;
	for (size_t i = 0; i < connection->group_count; i++)
		if (connection->groups[i] == entry->gr_gid)
			return true;
	return false;
}
