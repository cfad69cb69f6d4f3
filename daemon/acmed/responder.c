/* SPDX-License-Identifier: MIT */
#include "responder.h"

#include "http01.h"
#include "mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum connection_state {
	CONNECTION_READS,
	CONNECTION_WRITES,
};

struct connection {
	struct guest guest;
	struct responder *responder;
	enum connection_state state;
	struct http01_request request;
	char in[HTTP01_REQUEST_MAX];
	size_t in_length;
	char out[HTTP01_REPLY_MAX];
	size_t out_length;
	size_t out_sent;
};

struct responder {
	struct responder_source source;
	struct reception *reception; /* owned */
};

/* One connection. The functions that give a bool say whether it lives. */

static bool hang_up(struct connection *connection)
{
	guest_close(&connection->guest);
	return false;
}

static void await(struct connection *connection, enum connection_state state)
{
	connection->state = state;
	guest_await(&connection->guest,
		state == CONNECTION_WRITES ? EV_WRITE : EV_READ);
}

static bool finish_reply(struct connection *connection)
{
	const struct responder_source *source = &connection->responder->source;
	struct http01_request request = connection->request;

	connection->guest.is_served = true;
	if (request.keeps_alive) {
		guest_extend(&connection->guest);
		await(connection, CONNECTION_READS);
	} else {
		guest_linger(&connection->guest);
	}
	if (request.status == HTTP01_OK && !request.is_head)
		source->on_fetch(source->data, request.token);
	return true;
}

static bool write_reply(struct connection *connection)
{
	ssize_t sent = send(connection->guest.io.fd,
		connection->out + connection->out_sent,
		connection->out_length - connection->out_sent, MSG_NOSIGNAL);

	if (sent < 0) {
		if (errno != EAGAIN && errno != EINTR)
			return hang_up(connection);
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

	connection->guest.is_served = false;
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
	while (connection->state == CONNECTION_READS &&
		!connection->guest.lingers) {
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
	ssize_t got = recv(connection->guest.io.fd,
		connection->in + connection->in_length,
		sizeof(connection->in) - connection->in_length, 0);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (got <= 0)
		return hang_up(connection);
	connection->in_length += (size_t)got;
	return serve(connection);
}

static void on_open(struct guest *guest, void *data)
{
	struct connection *connection = (struct connection *)guest;

	connection->responder = data;
}

static void on_ready(struct guest *guest)
{
	struct connection *connection = (struct connection *)guest;

	if (connection->state == CONNECTION_READS)
		read_some(connection);
	else if (write_reply(connection))
		serve(connection);
}

struct responder *responder_new(
	struct ev_loop *loop, const struct responder_source *source)
{
	struct responder *responder = mem_new(sizeof(*responder));
	const struct reception_host host = {
		.size = sizeof(struct connection),
		.on_open = on_open,
		.on_ready = on_ready,
		.data = responder,
		.deadline = source->deadline,
	};

	responder->source = *source;
	responder->reception = reception_new(loop, &host);
	return responder;
}

void responder_free(struct responder *responder)
{
	if (!responder)
		return;
	reception_free(responder->reception);
	free(responder);
}

struct reception *responder_reception(struct responder *responder)
{
	return responder->reception;
}
