/* SPDX-License-Identifier: MIT */
#include "helper_call.h"

#include "mem.h"

static struct helper_calls *list_of(struct helper_call *call)
{
	switch (call->state) {
	case CALL_WAITS:
		return &call->helper->waiting;
	case CALL_IS_OUT:
		return &call->helper->out;
	case CALL_IS_OVER:
		return &call->helper->over;
	}
	abort();
}

void helper_call_move(struct helper_call *call, enum call_state state)
{
	TAILQ_REMOVE(list_of(call), call, entry);
	call->helper->out_count -= call->state == CALL_IS_OUT;
	call->state = state;
	call->helper->out_count += call->state == CALL_IS_OUT;
	TAILQ_INSERT_TAIL(list_of(call), call, entry);
}

void helper_call_free(struct helper_call *call)
{
	call->helper->out_count -= call->state == CALL_IS_OUT;
	TAILQ_REMOVE(list_of(call), call, entry);
	ev_timer_stop(call->helper->loop, &call->timer);
	free(call->bytes);
	free(call);
}

void helper_call_deliver(
	struct helper_call *call, const json_t *reply, const struct error *err)
{
	struct helper_call copy = *call;

	helper_call_free(call);
	if (copy.on_reply)
		copy.on_reply(copy.data, reply, err);
}

void helper_call_fail(struct helper_call *call)
{
	helper_call_move(call, CALL_IS_OVER);
	ev_timer_stop(call->helper->loop, &call->timer);
	ev_timer_set(&call->timer, 0., 0.);
	ev_timer_start(call->helper->loop, &call->timer);
}

void helper_calls_drop(struct helper_calls *calls)
{
	while (!TAILQ_EMPTY(calls))
		helper_call_free(TAILQ_FIRST(calls));
}
