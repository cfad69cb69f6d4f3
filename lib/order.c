/* SPDX-License-Identifier: MIT */
#include "order.h"

#include "mem.h"
#include "order_step.h"
#include "profile.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

DEFINE_CLEANUP(order, struct order, order_free)

/* One that the CA does not tell of is not asked for (P02). An order that is
 * resumed has been asked for already. */
static bool choose_profile(struct order *order, struct error *err)
{
	struct order_plan *plan = &order->copy.plan;
	const struct profile_wish wish = {
		plan->profile, plan->requires_profile};

	if (plan->url || !wish.name)
		return true;
	if (!profile_choose(plan->directory, &wish, &plan->profile, err))
		return false;
	if (!plan->profile)
		order_warn(order, "the CA has no profile '%.100s'", wish.name);
	return true;
}

struct order *order_new(const struct order_plan *plan, struct error *err)
{
	cleanup(order) struct order *order = calloc(1, sizeof(*order));

	if (!order) {
		fail_memory(err);
		return NULL;
	}
	if (!order_plan_copy(plan, &order->copy, err))
		return NULL;
	if (!choose_profile(order, err))
		return NULL;
	watch_start(&order->watch);
	order->step = STEP_CREATE;
	if (!plan->url)
		return take(order);
	order->step = STEP_RESUME;
	order->resumed = true;
	order->url = strdup(plan->url);
	if (!order->url) {
		fail_memory(err);
		return NULL;
	}
	return take(order);
}

void order_free(struct order *order)
{
	if (!order)
		return;
	authorization_set_clear(&order->authorizations);
	order_document_clear(&order->document);
	order_plan_clear(&order->copy);
	request_clear(&order->request);
	for (size_t i = 0; i < order->alternate_count; i++)
		free(order->alternates[i]);
	free(order->url);
	free(order->csr);
	free(order->chain);
	free(order);
}

/* For the steps. */

void order_warn(struct order *order, const char *format, ...)
{
	const struct order_plan *plan = &order->copy.plan;
	char text[512];
	va_list arguments;

	if (!plan->on_warning)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	plan->on_warning(plan->data, text);
}

bool order_ask_post(struct order *order, struct order_task *task,
	const char *url, const char *payload)
{
	task->request = &order->request;
	return request_set(&order->request, REQUEST_BY_ACCOUNT, url, payload);
}

bool order_ask_json(struct order *order, struct order_task *task,
	const char *url, json_t *payload)
{
	task->request = &order->request;
	return request_set_json(
		&order->request, REQUEST_BY_ACCOUNT, url, payload);
}

bool order_read_document(
	struct order *order, const struct result *result, struct error *err)
{
	if (!result->err)
		return order_document_read(
			result->reply, &order->document, err);
	*err = *result->err;
	return false;
}

/* Everything that waits for the CA ends some day (K1). */
static void expire(struct order *order)
{
	struct error err = {0};

	if (!order->deadline || order->now < order->deadline)
		return;
	bool is_told = authorization_set_error(
		&order->authorizations, AUTHORIZATION_RUNNING, &err);
	if (!is_told && order->step == STEP_AUTHORIZE)
		fail_cause(&err, ERROR_TRANSIENT, "K11",
			"the CA has not validated the order '%.250s' in time",
			order->url);
	else if (!is_told)
		fail_cause(&err, ERROR_TRANSIENT, "K1",
			"the CA is still processing the order '%.250s'",
			order->url);
	order_interrupt(order, &err);
}

static void join(struct order *order)
{
	const struct order_step_row *row = order_step_row(order);

	if (row->join)
		row->join(order);
}

/* The task of the step itself. */
static const struct order_task *next_own(struct order *order)
{
	const struct order_step_row *row = order_step_row(order);
	struct error err = {0};

	if (order->out || !row->ask)
		return NULL;
	order->task = (struct order_task){
		.want = row->want,
		.id = ++order->last_id,
	};
	if (!row->ask(order, &order->task)) {
		fail_memory(&err);
		order_interrupt(order, &err);
		return NULL;
	}
	order->out = true;
	return &order->task;
}

static const struct order_task *next(struct order *order)
{
	join(order);
	const struct order_task *task = next_own(order);
	if (task)
		return task;
	task = authorization_set_next(
		&order->authorizations, order->last_id + 1);
	if (task)
		order->last_id++;
	return task;
}

/* An authorization that has no memory to ask fails by that: it is joined. */
const struct order_task *order_next(struct order *order, int64_t now)
{
	order->now = now;
	expire(order);
	const struct order_task *task = next(order);
	return task ? task : next(order);
}

void order_done(struct order *order, unsigned id, const struct result *result,
	int64_t now)
{
	order->now = now;
	if (!order->out || order->task.id != id) {
		authorization_set_done(&order->authorizations, id, result);
		join(order);
		return;
	}
	order->out = false;
	if (order->state == ORDER_RUNNING)
		order_step_row(order)->read(order, result);
}

void order_abort(struct order *order, const struct error *err)
{
	if (order->state == ORDER_RUNNING)
		order_interrupt(order, err);
}

enum order_state order_state(const struct order *order)
{
	return order->state;
}

bool order_is_busy(const struct order *order)
{
	return order->state == ORDER_RUNNING || order->out ||
		authorization_set_is_busy(&order->authorizations);
}

const char *order_url(const struct order *order)
{
	return order->url;
}

bool order_is_resumable(const struct order *order)
{
	return order->resumable;
}

const char *order_chain(const struct order *order, size_t *length)
{
	*length = order->chain_length;
	return order->chain;
}

const char *const *order_alternates(const struct order *order, size_t *count)
{
	*count = order->alternate_count;
	return (const char *const *)order->alternates;
}

const struct error *order_error(const struct order *order)
{
	return &order->error;
}

void order_each_invalid(const struct order *order,
	void (*on_name)(void *data, const char *name), void *data)
{
	const struct authorization_set *set = &order->authorizations;

	for (size_t i = 0; i < set->count; i++) {
		const struct authorization *each =
			set->entries[i].authorization;
		if (authorization_state(each) == AUTHORIZATION_FAILED)
			on_name(data, authorization_subject(each));
	}
}
