/* SPDX-License-Identifier: MIT */
#include "errand.h"

#include "helper.h"
#include "mem.h"

#include <stdbool.h>

struct errand {
	struct ev_loop *loop; /* borrowed */
	struct helper *helper; /* owned; NULL: it could not be begun */
	ev_timer timer; /* delivers err then */
	struct error err;
	void (*on_end)(
		void *data, const json_t *reply, const struct error *err);
	void *data; /* borrowed */
};

static void end(
	struct errand *errand, const json_t *reply, const struct error *err)
{
	void *data = errand->data;
	void (*on_end)(void *, const json_t *, const struct error *) =
		errand->on_end;

	errand_cancel(errand);
	on_end(data, reply, err);
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct errand *errand = timer->data;
	struct error err = errand->err;

	(void)loop;
	(void)events;
	end(errand, NULL, &err);
}

static void on_reply(void *data, const json_t *reply, const struct error *err)
{
	struct errand *errand = data;
	json_t *kept = json_incref((json_t *)reply);

	end(errand, kept, err);
	json_decref(kept);
}

/* The call has had its error before, and the errand ended with it. */
static void on_helper_end(void *data, const struct error *err)
{
	(void)data;
	(void)err;
}

struct errand *errand_ask(struct ev_loop *loop, const char *helper,
	json_t *request, double deadline,
	void (*on_end)(
		void *data, const json_t *reply, const struct error *err),
	void *data)
{
	struct errand *errand = mem_new(sizeof(*errand));

	errand->loop = loop;
	errand->on_end = on_end;
	errand->data = data;
	ev_timer_init(&errand->timer, on_timer, 0., 0.);
	errand->timer.data = errand;
	errand->helper =
		helper_new(loop, helper, on_helper_end, errand, &errand->err);
	if (errand->helper) {
		helper_call(
			errand->helper, request, deadline, on_reply, errand);
		return errand;
	}
	json_decref(request);
	ev_timer_start(loop, &errand->timer);
	return errand;
}

struct errand *errand_start(
	struct ev_loop *loop, const struct errand_wish *wish)
{
	json_t *request = json_pack("{s:s, s:I, s:s}", "name", wish->name,
		"version", (json_int_t)wish->version, "step", wish->step);

	return errand_ask(loop, "deploy", request, wish->deadline, wish->on_end,
		wish->data);
}

void errand_cancel(struct errand *errand)
{
	if (!errand)
		return;
	ev_timer_stop(errand->loop, &errand->timer);
	helper_free(errand->helper);
	free(errand);
}
