/* SPDX-License-Identifier: MIT */
#include "dns_call.h"

#include "dns_message.h"
#include "dns_talk.h"
#include "mem.h"

#define TRY_SECONDS 5.
#define MOST_ADDRESSES 4
#define TRUNCATED_AT 2 /* byte of the header, and the bit in it */
#define TRUNCATED 0x02U

struct dns_call {
	struct dns_call_wish wish;
	unsigned char *message; /* owned */
	struct dns_address addresses[MOST_ADDRESSES];
	size_t count;
	size_t tries; /* each address has two */
	struct dns_query *query; /* for the addresses, or NULL */
	struct dns_talk *talk; /* or NULL */
	ev_timer turn; /* of the next try */
	struct error err; /* of the try that says most */
};

void dns_call_cancel(struct dns_call *call)
{
	if (!call)
		return;
	if (call->query)
		dns_cancel(call->query);
	if (call->talk)
		dns_talk_cancel(call->talk);
	ev_timer_stop(call->wish.tools->loop, &call->turn);
	free(call->message);
	free(call);
}

static void end(struct dns_call *call, const unsigned char *reply,
	size_t length, const struct error *failed)
{
	struct dns_call_wish wish = call->wish;
	struct error err = failed ? *failed : (struct error){0};

	dns_call_cancel(call);
	wish.on_end(wish.data, reply, length, failed ? &err : NULL);
}

static bool is_stream(const struct dns_call *call)
{
	return (call->tries % 2 == 1) != call->wish.prefers_stream;
}

static void try_next(struct dns_call *call)
{
	ev_timer_start(call->wish.tools->loop, &call->turn);
}

/* No answer from one address says more than no way to another. */
static void note_failure(struct dns_call *call, const struct error *err)
{
	if (call->err.kind != ERROR_TRANSIENT || err->kind == ERROR_TRANSIENT)
		call->err = *err;
}

static void on_talk(void *data, const unsigned char *reply, size_t length,
	const struct error *err)
{
	struct dns_call *call = data;
	bool is_cut = !err && !is_stream(call) && length > TRUNCATED_AT &&
		reply[TRUNCATED_AT] & TRUNCATED;

	call->talk = NULL;
	call->tries++;
	if (err)
		note_failure(call, err);
	if (err || (is_cut && !call->wish.prefers_stream))
		try_next(call);
	else
		end(call, reply, length, NULL);
}

static void on_turn(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct dns_call *call = timer->data;
	const struct dns_call_wish *wish = &call->wish;

	(void)events;
	if (call->tries == 2 * call->count) {
		end(call, NULL, 0, &call->err);
		return;
	}
	call->talk = dns_talk_start(&(struct dns_talk_wish){
		.loop = loop,
		.address = &call->addresses[call->tries / 2],
		.port = wish->port,
		.message = call->message,
		.length = wish->length,
		.is_stream = is_stream(call),
		.deadline = TRY_SECONDS,
		.on_end = on_talk,
		.data = call,
	});
}

static void on_addresses(void *data, const struct dns_address *addresses,
	size_t count, const struct error *err)
{
	struct dns_call *call = data;

	call->query = NULL;
	if (err) {
		end(call, NULL, 0, err);
		return;
	}
	call->count = count < MOST_ADDRESSES ? count : MOST_ADDRESSES;
	memcpy(call->addresses, addresses, call->count * sizeof(*addresses));
	try_next(call);
}

struct dns_call *dns_call_start(const struct dns_call_wish *wish)
{
	struct dns_call *call = mem_new(sizeof(*call));

	call->wish = *wish;
	call->message = mem_new(wish->length);
	memcpy(call->message, wish->message, wish->length);
	ev_timer_init(&call->turn, on_turn, 0., 0.);
	call->turn.data = call;
	call->query =
		dns_resolve(wish->tools->dns, wish->server, on_addresses, call);
	call->wish.message = NULL;
	call->wish.server = NULL;
	return call;
}
