/* SPDX-License-Identifier: MIT */

/*
 * What a client of the control socket sends (Varlink): every call is answered
 * once, one after the other, and nonsense ends the conversation.
 */

#include "connection.h"

#include "fuzz.h"
#include "mem.h"

#include <ev.h>
#include <sys/socket.h>
#include <unistd.h>

#define PACKET 1024 /* what is sent before the loop turns */

static struct ev_loop *loop;
static bool has_ended;
static bool has_called;
static bool is_dropped; /* while it had more to say, or waited */

static void on_call(void *data, struct call *call)
{
	(void)data;
	has_called = true;
	fuzz_check(call->method && json_is_object(call->parameters));
	call_continue(call, json_object());
	if (*call->method == 'x')
		call_fail(call, "org.acmed.Control.Failed", NULL);
	else
		call_end(call, json_incref(call->parameters));
}

static void on_close(void *data, struct connection *connection)
{
	(void)data;
	(void)connection;
	has_ended = true;
}

static void take_replies(int client)
{
	char bytes[65536];

	while (recv(client, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
}

static void talk(int client, const uint8_t *bytes, size_t length)
{
	while (length && !has_ended) {
		size_t part = length < PACKET ? length : PACKET;
		fuzz_check(send(client, bytes, part, MSG_NOSIGNAL) > 0);
		bytes += part;
		length -= part;
		for (int i = 0; i < 3 && !has_ended; i++)
			ev_run(loop, EVRUN_NOWAIT);
		take_replies(client);
	}
}

void fuzz_control(const uint8_t *bytes, size_t length)
{
	static const struct connection_owner OWNER = {
		.on_call = on_call, .on_close = on_close};
	int ends[2];

	if (!loop)
		loop = ev_default_loop(0);
	has_ended = has_called = false;
	fuzz_check(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends));
	connection_new(loop, ends[0], &OWNER);
	talk(ends[1], bytes, length);
	is_dropped = has_ended;
	close(ends[1]);
	while (!has_ended) {
		ev_now_update(loop);
		ev_run(loop, EVRUN_ONCE);
	}
}

const char *fuzz_control_end(void)
{
	if (has_called)
		return "called";
	return is_dropped ? "dropped" : "waits";
}
