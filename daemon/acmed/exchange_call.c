/* SPDX-License-Identifier: MIT */
#include "exchange_call.h"

#include "mem.h"

void exchange_call_free(struct exchange_call *call)
{
	TAILQ_REMOVE(&call->calls->list, call, entry);
	ev_timer_stop(call->calls->loop, &call->tell);
	if (call->signing)
		helper_cancel(call->signing);
	if (call->transfer)
		http_cancel(call->transfer);
	request_clear(&call->request);
	free(call->nonce);
	free(call);
}

void exchange_call_tell(struct exchange_call *call)
{
	call->step = CALL_TELL;
	ev_timer_set(&call->tell, 0., 0.);
	ev_timer_start(call->calls->loop, &call->tell);
}

void exchange_call_finish(struct exchange_call *call, const struct reply *reply,
	const struct error *err)
{
	struct exchange_call copy = *call;
	struct error failure = err ? *err : (struct error){0};

	exchange_call_free(call);
	if (copy.on_directory)
		copy.on_directory(
			copy.data, copy.directory, err ? &failure : NULL);
	else
		copy.on_reply(copy.data, reply, err ? &failure : NULL);
}

static void on_tell(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct exchange_call *call = timer->data;

	(void)loop;
	(void)events;
	exchange_call_finish(call, NULL, call->directory ? NULL : &call->err);
}

void exchange_calls_init(struct exchange_calls *calls, struct ev_loop *loop)
{
	calls->loop = loop;
	TAILQ_INIT(&calls->list);
}

struct exchange_call *exchange_call_new(
	struct exchange_calls *calls, struct exchange *exchange, void *data)
{
	struct exchange_call *call = mem_new(sizeof(*call));

	call->exchange = exchange;
	call->calls = calls;
	call->data = data;
	ev_timer_init(&call->tell, on_tell, 0., 0.);
	call->tell.data = call;
	TAILQ_INSERT_TAIL(&calls->list, call, entry);
	return call;
}

void exchange_calls_fail(struct exchange_calls *calls, enum call_step step,
	const struct error *err)
{
	struct exchange_call *call = TAILQ_FIRST(&calls->list);

	for (; call; call = TAILQ_NEXT(call, entry)) {
		if (call->step != step)
			continue;
		call->err = *err;
		exchange_call_tell(call);
	}
}

size_t exchange_calls_count(
	const struct exchange_calls *calls, enum call_step step)
{
	const struct exchange_call *call = TAILQ_FIRST(&calls->list);
	size_t count = 0;

	for (; call; call = TAILQ_NEXT(call, entry))
		count += call->step == step;
	return count;
}
