/* SPDX-License-Identifier: MIT */
#include "renewal_errands.h"

#include "json.h"
#include "mem.h"
#include "text.h"

#define SAVE_DEADLINE 30.0
#define KEY_DEADLINE 120.0 /* an RSA key on a slow machine */

struct renewal_errand {
	struct renewal_errand *next;
	struct renewal_errands *errands;
	unsigned id;
	struct exchange_call *call;
	struct helper_call *vault_call;
	ev_timer pause;
	char *token; /* owned: whose fetch ends the pause, or NULL */
};

static struct renewal_errand *add(
	struct renewal_errands *errands, const struct order_task *task)
{
	struct renewal_errand *errand = mem_new(sizeof(*errand));

	errand->errands = errands;
	errand->id = task->id;
	errand->next = errands->first;
	errands->first = errand;
	return errand;
}

static void drop(struct renewal_errand *errand)
{
	struct renewal_errand **link = &errand->errands->first;

	while (*link != errand)
		link = &(*link)->next;
	*link = errand->next;
	ev_timer_stop(errand->errands->loop, &errand->pause);
	if (errand->call)
		exchange_cancel(errand->call);
	if (errand->vault_call)
		helper_cancel(errand->vault_call);
	free(errand->token);
	free(errand);
}

/* The one way back into the order. */
static void report(struct renewal_errand *errand, const struct result *result)
{
	struct renewal_errands *errands = errand->errands;
	unsigned id = errand->id;

	errand->call = NULL;
	errand->vault_call = NULL;
	drop(errand);
	errands->on_done(errands->data, id, result);
}

/* POST. */

static void on_reply(
	void *data, const struct reply *reply, const struct error *err)
{
	report(data, &(struct result){.reply = reply, .err = err});
}

void renewal_errands_post(
	struct renewal_errands *errands, const struct order_task *task)
{
	struct renewal_errand *errand = add(errands, task);

	errand->call = exchange_post(
		errands->exchange, task->request, on_reply, errand);
}

/* SAVE: the URL is durable before anything else is sent (O02). */

static json_t *make_request(
	const struct renewal_errands *errands, const char *verb)
{
	return json_pack("{s:s, s:s, s:b}", "verb", verb, "name",
		errands->certificate, "dry", errands->is_dry);
}

static void on_saved(void *data, const json_t *reply, const struct error *err)
{
	(void)reply;
	report(data, &(struct result){.err = err});
}

void renewal_errands_save(struct renewal_errands *errands,
	const struct order_task *task, json_t *order)
{
	struct renewal_errand *errand = add(errands, task);

	if (errands->is_dry) {
		json_decref(order);
		report(errand, &(struct result){0});
		return;
	}
	json_t *request = make_request(errands, "order-save");
	json_object_set_new(request, "order", order);
	errand->vault_call = helper_call(
		errands->vault, request, SAVE_DEADLINE, on_saved, errand);
}

/* CSR. */

static void on_csr(void *data, const json_t *reply, const struct error *err)
{
	struct error missing;
	const char *csr = err ? NULL : member_string(reply, "csr", &missing);

	if (!err && !csr)
		err = &missing;
	report(data, &(struct result){.csr = csr, .err = err});
}

void renewal_errands_csr(
	struct renewal_errands *errands, const struct order_task *task)
{
	struct renewal_errand *errand = add(errands, task);
	json_t *request = make_request(errands, "csr");

	if (errands->without)
		json_object_set(request, "without", (json_t *)errands->without);
	errand->vault_call = helper_call(
		errands->vault, request, KEY_DEADLINE, on_csr, errand);
}

/* PAUSE. */

static void on_pause(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	report(timer->data, &(struct result){0});
}

void renewal_errands_pause(struct renewal_errands *errands,
	const struct order_task *task, bool is_over)
{
	struct renewal_errand *errand = add(errands, task);

	if (task->challenge && task->pause_ends_on_fetch)
		errand->token = mem_string(task->challenge->token);
	ev_now_update(errands->loop);
	ev_timer_init(&errand->pause, on_pause, is_over ? 0. : task->pause, 0.);
	errand->pause.data = errand;
	ev_timer_start(errands->loop, &errand->pause);
}

void renewal_errands_end_pause(
	struct renewal_errands *errands, const char *token)
{
	for (struct renewal_errand *e = errands->first; e; e = e->next)
		if (e->token && streq(e->token, token)) {
			report(e, &(struct result){0});
			return;
		}
}

void renewal_errands_clear(struct renewal_errands *errands)
{
	while (errands->first)
		drop(errands->first);
}
