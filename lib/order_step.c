/* SPDX-License-Identifier: MIT */
#include "order_step.h"

#include "mem.h"
#include "order_degrade.h"
#include "order_issue.h"
#include "text.h"

#include <string.h>

#define VALIDATION_MAX (5 * 60) /* seconds from the answers on */

/* Pause and look are one to whoever reads the log. */
static const char *const NAMES[] = {
	[STEP_RESUME] = "resume",
	[STEP_ABANDON] = "abandon",
	[STEP_CREATE] = "create",
	[STEP_SAVE] = "save",
	[STEP_AUTHORIZE] = "authorize",
	[STEP_KEY] = "key",
	[STEP_FINALIZE] = "finalize",
	[STEP_PAUSE] = "issue",
	[STEP_LOOK] = "issue",
	[STEP_DOWNLOAD] = "download",
	[STEP_ALTERNATE] = "alternate",
	[STEP_ISSUED] = "issued",
	[STEP_FAILED] = "failed",
};

void order_go(struct order *order, enum order_step step)
{
	const struct order_plan *plan = &order->copy.plan;
	const char *from = NAMES[order->step];
	const char *to = NAMES[step];

	order->step = step;
	if (plan->on_step && !streq(from, to))
		plan->on_step(plan->data, "order", from, to);
}

/* Authorizations that wait for the CA are given back to it only when nobody
 * comes to them again (RFC 8555 section 7.5.2). */
void order_end(
	struct order *order, enum order_state state, enum order_step step)
{
	order->state = state;
	order->deadline = 0;
	if (order->task.want == ORDER_WANTS_PAUSE)
		order->out = false;
	authorization_set_abort(&order->authorizations, !order->resumable);
	order_go(order, step);
}

void order_give_up(struct order *order, const struct error *err)
{
	order->error = *err;
	order_end(order, ORDER_FAILED, STEP_FAILED);
}

void order_interrupt(struct order *order, const struct error *err)
{
	order->resumable = order->url != NULL;
	order_give_up(order, err);
}

static bool is_passing(const struct error *err)
{
	return err->kind == ERROR_LOCAL || err->kind == ERROR_TRANSIENT ||
		err->kind == ERROR_LIMITED;
}

void order_stop(struct order *order, const struct error *err)
{
	if (is_passing(err))
		order_interrupt(order, err);
	else
		order_give_up(order, err);
}

/* Opens one for each URL of the order. */
static void authorize(struct order *order)
{
	const struct order_document *document = &order->document;
	struct error err = {0};

	if (document->authorization_count == 0) {
		fail(&err, ERROR_TRANSIENT,
			"the CA gave the order no authorizations");
		return order_give_up(order, &err);
	}
	if (!authorization_set_open(&order->authorizations, &order->copy.plan,
		    document->authorizations, document->authorization_count,
		    &err))
		return order_interrupt(order, &err);
	order_go(order, STEP_AUTHORIZE);
}

void order_follow(struct order *order, double retry_after)
{
	switch (order->document.status) {
	case ORDER_PENDING:
		if (order->authorized)
			return order_wait(order, retry_after);
		return authorize(order);
	case ORDER_READY:
		if (order->step == STEP_FINALIZE)
			return order_wait(order, retry_after);
		return order_complete(order);
	case ORDER_PROCESSING:
		return order_wait(order, retry_after);
	case ORDER_VALID:
		return order_download(order);
	case ORDER_INVALID:
		return order_give_up(order, &order->document.error);
	}
}

/* Resume: what became of the order of an earlier attempt? */
static bool resume_ask(struct order *order, struct order_task *task)
{
	return order_ask_post(order, task, order->url, "");
}

/* Whatever was done for it is of no use to the next one, but for what the CA
 * has validated. */
void order_abandon(struct order *order)
{
	order->resumed = false;
	order->answered = false;
	order->authorized = false;
	order->finalized = 0;
	order->deadline = 0;
	watch_start(&order->watch);
	free(take(order->csr));
	free(take(order->url));
	authorization_set_abort(&order->authorizations, true);
	order_go(order, STEP_ABANDON);
}

/* Does the CA say no, or talk nonsense? (A network or a portal does not.) */
static bool is_gone(const struct result *result, const struct error *err)
{
	if (!result->reply || reply_is_html(result->reply))
		return false;
	return reply_is_ok(result->reply) || !is_passing(err);
}

static bool is_dead(const struct order *order)
{
	const struct order_document *document = &order->document;

	return document->status == ORDER_INVALID ||
		order_document_is_expired(document, order->now) ||
		!order_document_is_for(document, &order->copy.plan);
}

static void resume_read(struct order *order, const struct result *result)
{
	struct error err = {0};

	if (!order_read_document(order, result, &err)) {
		if (!is_gone(result, &err))
			return order_interrupt(order, &err);
		return order_abandon(order);
	}
	if (is_dead(order))
		return order_abandon(order);
	order_follow(order, result->reply->retry_after);
}

/* Abandon: it is dead; a new one when nothing of it is left. */
static void abandon_join(struct order *order)
{
	if (authorization_set_is_busy(&order->authorizations))
		return;
	authorization_set_clear(&order->authorizations);
	order_go(order, STEP_CREATE);
}

/* Create: newOrder (RFC 8555 section 7.4). */
static bool create_ask(struct order *order, struct order_task *task)
{
	const struct order_plan *plan = &order->copy.plan;

	return order_ask_json(order, task, plan->directory->new_order,
		order_plan_payload(plan));
}

static bool check_created(const struct order *order,
	const struct result *result, struct error *err)
{
	const char *location = result->reply->location;

	if (!location || !url_is_https(location))
		return fail(err, ERROR_TRANSIENT,
			"the CA gave the order no https URL: '%.200s'",
			location ? location : "");
	return order_document_is_for(&order->document, &order->copy.plan) ||
		fail(err, ERROR_TRANSIENT,
			"the CA made an order for other names, '%.200s'",
			location);
}

/* The CA's URLs are others than when its directory was read, which is done
 * anew for the next attempt (D04). */
static bool has_moved(const struct result *result)
{
	return result->reply &&
		(result->reply->status == 404 || result->reply->status == 405);
}

static void create_read(struct order *order, const struct result *result)
{
	struct error err = {0};

	if (order_drops_profile(order, result) ||
		order_drops_replaces(order, result))
		return order_go(order, STEP_CREATE);
	if (!order_read_document(order, result, &err) ||
		!check_created(order, result, &err)) {
		if (has_moved(result))
			err.kind = ERROR_TRANSIENT;
		return order_give_up(order, &err);
	}
	order->url = strdup(result->reply->location);
	if (!order->url) {
		fail_memory(&err);
		return order_give_up(order, &err);
	}
	order_go(order, STEP_SAVE);
}

/* The want says it all. */
static bool bare_ask(struct order *order, struct order_task *task)
{
	(void)order;
	(void)task;
	return true;
}

/* Save: its URL must survive us before anything else is asked (O02). */
static void save_read(struct order *order, const struct result *result)
{
	if (result->err)
		return order_interrupt(order, result->err);
	order_follow(order, 0);
}

/* Authorize: all of them side by side, joined before the answers and at the
 * end. Once answered all are awaited, so that the error names all. */
static void authorize_fail(struct order *order)
{
	const struct authorization_set *set = &order->authorizations;
	struct error err = {0};

	if (authorization_set_count(set, AUTHORIZATION_FAILED) == 0) {
		authorization_set_error(set, AUTHORIZATION_STOPPED, &err);
		return order_interrupt(order, &err);
	}
	authorization_set_error(set, AUTHORIZATION_FAILED, &err);
	if (order->resumed && !order->answered)
		return order_abandon(order);
	order_give_up(order, &err);
}

/* All is published, and the CA waits for it no more (X5). */
static void authorize_late(struct order *order)
{
	struct error err = {0};

	fail_cause(&err, ERROR_TRANSIENT, "X5",
		"the order expired before all its challenges were published");
	order_give_up(order, &err);
}

static void authorize_join(struct order *order)
{
	struct authorization_set *set = &order->authorizations;
	bool failed = authorization_set_count(set, AUTHORIZATION_FAILED) ||
		authorization_set_count(set, AUTHORIZATION_STOPPED);

	if (failed && !order->answered)
		return authorize_fail(order);
	if (authorization_set_count(set, AUTHORIZATION_RUNNING))
		return;
	if (failed)
		return authorize_fail(order);
	if (authorization_set_count(set, AUTHORIZATION_PRESENTED)) {
		if (order_document_is_expired(&order->document, order->now))
			return authorize_late(order);
		order->answered = true;
		order->deadline = order->now + VALIDATION_MAX;
		return authorization_set_answer(set);
	}
	order->authorized = true;
	order->deadline = 0;
	order_complete(order);
}

/* In protocol order; lib/order_issue.c has the second half. */
static const struct order_step_row STEPS[] = {
	[STEP_RESUME] = {ORDER_WANTS_POST, resume_ask, resume_read, NULL},
	[STEP_ABANDON] = {.join = abandon_join},
	[STEP_CREATE] = {ORDER_WANTS_POST, create_ask, create_read, NULL},
	[STEP_SAVE] = {ORDER_WANTS_SAVE, bare_ask, save_read, NULL},
	[STEP_AUTHORIZE] = {.join = authorize_join},
	[STEP_KEY] = {ORDER_WANTS_CSR, bare_ask, order_key_read, NULL},
	[STEP_FINALIZE] = {ORDER_WANTS_POST, order_finalize_ask,
		order_issue_read, NULL},
	[STEP_PAUSE] = {ORDER_WANTS_PAUSE, order_pause_ask, order_pause_read,
		NULL},
	[STEP_LOOK] = {ORDER_WANTS_POST, resume_ask, order_issue_read, NULL},
	[STEP_DOWNLOAD] = {ORDER_WANTS_POST, order_download_ask,
		order_download_read, NULL},
	[STEP_ALTERNATE] = {ORDER_WANTS_POST, order_alternate_ask,
		order_alternate_read, NULL},
	[STEP_ISSUED] = {0},
	[STEP_FAILED] = {0},
};

const struct order_step_row *order_step_row(const struct order *order)
{
	return &STEPS[order->step];
}
