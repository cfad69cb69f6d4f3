/* SPDX-License-Identifier: MIT */
#include "helper_call.h"

#include "mem.h"
#include "message.h"
#include "paths.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A full backlog refuses a Unix connect at once, it does not queue it. */
#define CONNECT_AGAIN 0.05
#define CONNECT_DEADLINE 10.0

/* Nothing is sent or read any more; the loop delivers the bad news. */
static void end(struct helper *helper, const struct error *err)
{
	if (helper->socket < 0)
		return;
	helper->err = *err;
	ev_io_stop(helper->loop, &helper->readable);
	ev_io_stop(helper->loop, &helper->writable);
	ev_timer_stop(helper->loop, &helper->connecting);
	close(helper->socket);
	helper->socket = -1;
	ev_timer_start(helper->loop, &helper->ending);
}

static void end_because(struct helper *helper, const char *reason)
{
	struct error err;

	fail_cause(&err, ERROR_LOCAL, "M9", "helper '%s' %s", helper->name,
		reason);
	end(helper, &err);
}

/* One a turn, because each callback may free the helper. */
static void on_ending(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct helper *helper = timer->data;
	struct helper_call *call = TAILQ_FIRST(&helper->out);

	(void)events;
	if (!call)
		call = TAILQ_FIRST(&helper->waiting);
	if (!call) {
		helper->on_end(helper->data, &helper->err);
		return;
	}
	ev_timer_set(timer, 0., 0.);
	ev_timer_start(loop, timer);
	struct error err = helper->err;
	helper_call_deliver(call, NULL, &err);
}

/* Sends one packet: 0, or the errno. */
static int send_call(struct helper_call *call)
{
	struct helper *helper = call->helper;
	ssize_t sent;

	do {
		sent = send(helper->socket, call->bytes, call->length,
			MSG_DONTWAIT | MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	if (sent < 0)
		return errno;
	free(take(call->bytes));
	helper_call_move(call, CALL_IS_OUT);
	ev_timer_set(&call->timer, call->deadline, 0.);
	ev_timer_start(helper->loop, &call->timer);
	return 0;
}

/* Sends as much as may be out and the socket takes. */
static void flush(struct helper *helper)
{
	ev_io_stop(helper->loop, &helper->writable);
	if (helper->socket < 0 || ev_is_active(&helper->connecting))
		return;
	while (!TAILQ_EMPTY(&helper->waiting) &&
		helper->out_count < HELPER_OUTSTANDING) {
		int number = send_call(TAILQ_FIRST(&helper->waiting));
		if (number == EAGAIN) {
			ev_io_start(helper->loop, &helper->writable);
			return;
		}
		if (number != 0) {
			end_because(helper, "has gone away");
			return;
		}
	}
}

static void on_writable(struct ev_loop *loop, ev_io *io, int events)
{
	(void)loop;
	(void)events;
	flush(io->data);
}

static struct helper_call *find(struct helper *helper, const json_t *reply)
{
	const json_t *id = json_object_get(reply, "id");

	if (!json_is_integer(id))
		return NULL;
	struct helper_call *call = TAILQ_FIRST(&helper->out);
	while (call && call->id != json_integer_value(id))
		call = TAILQ_NEXT(call, entry);
	return call;
}

static void take_reply(struct helper *helper, const char *bytes, size_t length)
{
	struct error err;
	cleanup(json) json_t *reply = message_decode(bytes, length, &err);

	if (!reply || !json_is_object(reply)) {
		end_because(helper, "answers nonsense: no JSON object");
		return;
	}
	struct helper_call *call = find(helper, reply);
	if (!call) {
		end_because(helper, "answers nonsense: an unknown id");
		return;
	}
	helper_call_move(call, CALL_IS_OVER);
	flush(helper);
	if (message_is_error(reply, &err))
		helper_call_deliver(call, NULL, &err);
	else
		helper_call_deliver(call, reply, NULL);
}

/* One packet a turn, because the callback may free the helper. */
static void on_readable(struct ev_loop *loop, ev_io *io, int events)
{
	static char bytes[MESSAGE_MAX];
	struct helper *helper = io->data;
	ssize_t length = recv(
		helper->socket, bytes, sizeof(bytes), MSG_DONTWAIT | MSG_TRUNC);

	(void)loop;
	(void)events;
	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (length <= 0)
		end_because(helper, "has gone away");
	else if ((size_t)length > sizeof(bytes))
		end_because(helper, "answers nonsense: a packet too long");
	else
		take_reply(helper, bytes, (size_t)length);
}

static void on_call_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct helper_call *call = timer->data;

	(void)loop;
	(void)events;
	if (call->state != CALL_IS_OVER) {
		fail_cause(&call->err, ERROR_LOCAL, "M9",
			"helper '%s' did not answer within %g s",
			call->helper->name, call->deadline);
		end(call->helper, &call->err);
	}
	struct error err = call->err;
	helper_call_deliver(call, NULL, &err);
}

static bool fail_connection(
	const struct helper *helper, int number, struct error *err)
{
	fail_errno(err, number, "cannot connect to '%s'",
		helper->address.sun_path);
	if (number == EACCES)
		error_prefix(err,
			"only the service may ask its helpers, 'systemctl "
			"start acmed' starts it");
	else if (err && !*err->code)
		snprintf(err->code, sizeof(err->code), "M9");
	return false;
}

/* True when connected or to be tried again; false with err. */
static bool try_connect(struct helper *helper, struct error *err)
{
	const struct sockaddr *address = (void *)&helper->address;

	ev_timer_stop(helper->loop, &helper->connecting);
	if (connect(helper->socket, address, sizeof(helper->address)) == 0) {
		ev_io_start(helper->loop, &helper->readable);
		return true;
	}
	int number = errno;
	if (number != EAGAIN && number != EINTR)
		return fail_connection(helper, number, err);
	helper->connect_left -= CONNECT_AGAIN;
	if (helper->connect_left < 0)
		return fail_cause(err, ERROR_LOCAL, "M9",
			"helper '%s' accepts no connection", helper->name);
	ev_timer_set(&helper->connecting, CONNECT_AGAIN, 0.);
	ev_timer_start(helper->loop, &helper->connecting);
	return true;
}

static void on_connecting(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct helper *helper = timer->data;
	struct error err;

	(void)loop;
	(void)events;
	if (try_connect(helper, &err))
		flush(helper);
	else
		end(helper, &err);
}

static void init_watchers(struct helper *helper)
{
	ev_io_init(&helper->readable, on_readable, helper->socket, EV_READ);
	ev_io_init(&helper->writable, on_writable, helper->socket, EV_WRITE);
	ev_timer_init(&helper->connecting, on_connecting, 0., 0.);
	ev_timer_init(&helper->ending, on_ending, 0., 0.);
	helper->readable.data = helper;
	helper->writable.data = helper;
	helper->connecting.data = helper;
	helper->ending.data = helper;
}

static bool open_socket(struct helper *helper, struct error *err)
{
	struct sockaddr_un *address = &helper->address;
	int length = snprintf(address->sun_path, sizeof(address->sun_path),
		"%s/%s", paths_sockets(), helper->name);

	address->sun_family = AF_UNIX;
	if ((size_t)length >= sizeof(address->sun_path))
		return fail(err, ERROR_LOCAL, "path of a socket too long: '%s'",
			paths_sockets());
	helper->socket = socket(
		AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (helper->socket < 0)
		return fail_errno(err, errno, "cannot make a socket");
	init_watchers(helper);
	return try_connect(helper, err);
}

struct helper *helper_new(struct ev_loop *loop, const char *name,
	void (*on_end)(void *data, const struct error *err), void *data,
	struct error *err)
{
	struct helper *helper = calloc(1, sizeof(*helper));

	if (!helper || !(helper->name = strdup(name))) {
		free(helper);
		fail_memory(err);
		return NULL;
	}
	helper->loop = loop;
	helper->connect_left = CONNECT_DEADLINE;
	helper->on_end = on_end;
	helper->data = data;
	TAILQ_INIT(&helper->waiting);
	TAILQ_INIT(&helper->out);
	TAILQ_INIT(&helper->over);
	if (open_socket(helper, err))
		return helper;
	if (helper->socket >= 0)
		close(helper->socket);
	free(helper->name);
	free(helper);
	return NULL;
}

void helper_free(struct helper *helper)
{
	if (!helper)
		return;
	helper_calls_drop(&helper->waiting);
	helper_calls_drop(&helper->out);
	helper_calls_drop(&helper->over);
	ev_io_stop(helper->loop, &helper->readable);
	ev_io_stop(helper->loop, &helper->writable);
	ev_timer_stop(helper->loop, &helper->connecting);
	ev_timer_stop(helper->loop, &helper->ending);
	if (helper->socket >= 0)
		close(helper->socket);
	free(helper->name);
	free(helper);
}

static void encode(struct helper_call *call, json_t *request)
{
	if (call->helper->socket < 0)
		call->err = call->helper->err;
	else if (json_object_set_new(request, "id", json_integer(call->id)))
		fail_memory(&call->err);
	else
		call->bytes =
			message_encode(request, &call->length, &call->err);
	json_decref(request);
}

struct helper_call *helper_call(struct helper *helper, json_t *request,
	double deadline,
	void (*on_reply)(
		void *data, const json_t *reply, const struct error *err),
	void *data)
{
	struct helper_call *call = mem_new(sizeof(*call));

	call->helper = helper;
	call->id = ++helper->last_id;
	call->deadline = deadline;
	call->on_reply = on_reply;
	call->data = data;
	ev_timer_init(&call->timer, on_call_timer, 0., 0.);
	call->timer.data = call;
	TAILQ_INSERT_TAIL(&helper->waiting, call, entry);
	encode(call, request);
	if (call->bytes)
		flush(helper);
	else
		helper_call_fail(call);
	return call;
}

void helper_cancel(struct helper_call *call)
{
	/* What is out will be answered: its place is kept until then. */
	if (call->state == CALL_IS_OUT)
		call->on_reply = NULL;
	else
		helper_call_free(call);
}
