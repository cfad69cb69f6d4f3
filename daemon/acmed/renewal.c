/* SPDX-License-Identifier: MIT */
#include "renewal.h"

#include "caa_check.h"
#include "json.h"
#include "mem.h"
#include "renewal_answers.h"
#include "renewal_errands.h"
#include "renewal_plan.h"
#include "renewal_stage.h"
#include "text.h"

#include <time.h>

struct renewal {
	struct renewal_wish wish;
	struct ca_wait *slot;
	struct ca_ready ready;
	struct caa_check *caa; /* under way, before the order */
	struct order *order;
	struct renewal_errands errands;
	struct renewal_answers answers;
	struct renewal_stage *stage; /* the end is under way, or NULL */
	char *account; /* owned URL */
	ev_timer wake; /* the order is looked at from here */
	json_t *blockers; /* owned: names that the CA could not validate */
	json_t *in_flight; /* the order to resume, or NULL */
	struct error err; /* kind NONE: none */
};

static void tell_step(
	void *data, const char *subject, const char *from, const char *to)
{
	struct renewal *renewal = data;

	renewal->wish.on_step(renewal->wish.data, subject, from, to);
}

static void warn(void *data, const char *text)
{
	const struct renewal_wish *wish = &((struct renewal *)data)->wish;

	if (wish->on_warning)
		wish->on_warning(wish->data, text);
}

/* The end. */

static void free_renewal(struct renewal *renewal)
{
	caa_check_cancel(renewal->caa);
	renewal_errands_clear(&renewal->errands);
	renewal_answers_clear(&renewal->answers);
	renewal_stage_cancel(renewal->stage);
	ev_timer_stop(renewal->wish.loop, &renewal->wake);
	order_free(renewal->order);
	if (renewal->slot)
		ca_leave(renewal->slot);
	ca_unref(renewal->wish.ca);
	json_decref(renewal->in_flight);
	json_decref(renewal->blockers);
	free(renewal->account);
	free(renewal);
}

/* The one exit; `version` is borrowed. */
static void end(struct renewal *renewal, const json_t *version)
{
	struct renewal_wish wish = renewal->wish;
	const struct directory *asked = renewal->ready.directory;
	cleanup(string) char *account = take(renewal->account);
	cleanup(string) char *directory = mem_string(asked ? asked->url : NULL);
	cleanup(json) json_t *blockers = take(renewal->blockers);
	struct renewal_result result = {
		.is_issued = renewal->err.kind == ERROR_NONE,
		.version = version,
		.err = renewal->err,
		.blockers = blockers,
		.origin = {directory, account},
	};

	free_renewal(renewal);
	wish.on_end(wish.data, &result);
}

static void end_with(struct renewal *renewal, const struct error *err)
{
	renewal->err = *err;
	end(renewal, NULL);
}

static void on_staged(void *data, const struct renewal_stage_result *result)
{
	struct renewal *renewal = data;
	const struct renewal_wish *wish = &renewal->wish;

	renewal->stage = NULL;
	if (result->err)
		renewal->err = *result->err;
	else if (!wish->is_dry && renewal->err.kind == ERROR_NONE)
		tell_step(renewal, "order", "stage", "switch");
	if (result->is_order_dropped && !wish->is_dry)
		wish->on_order(wish->data, NULL);
	end(renewal, result->version);
}

static struct renewal_stage_wish stage_wish(struct renewal *renewal)
{
	return (struct renewal_stage_wish){
		.vault = renewal->wish.vault,
		.name = renewal->wish.certificate->name,
		.without = renewal->wish.without,
		.is_dry = renewal->wish.is_dry,
		.on_end = on_staged,
		.data = renewal,
	};
}

static void stage(struct renewal *renewal)
{
	struct renewal_stage_wish wish = stage_wish(renewal);
	size_t length = 0;
	const char *chain = order_chain(renewal->order, &length);

	tell_step(renewal, "order", "issued", "stage");
	renewal->stage = renewal_stage_start(&wish, chain, length);
}

static void add_blocker(void *data, const char *name)
{
	json_array_append_new(data, json_string(name));
}

/* A CA that lost its account is asked by key at the next attempt (A12). */
static void fail_order(struct renewal *renewal)
{
	struct renewal_stage_wish wish = stage_wish(renewal);

	renewal->err = *order_error(renewal->order);
	renewal_answers_explain(&renewal->answers, &renewal->err);
	renewal->blockers = json_array();
	order_each_invalid(renewal->order, add_blocker, renewal->blockers);
	if (streq(renewal->err.code, "A3"))
		ca_forget_account(renewal->wish.ca);
	if (order_is_resumable(renewal->order) && !renewal->wish.is_dry)
		end(renewal, NULL);
	else
		renewal->stage = renewal_stage_drop(&wish);
}

/* The order. */

static json_t *describe_order(const struct renewal *renewal)
{
	return json_pack("{s:s, s:s, s:s}", "ca", ca_name(renewal->wish.ca),
		"url", order_url(renewal->order), "account", renewal->account);
}

static void save(struct renewal *renewal, const struct order_task *task)
{
	const struct renewal_wish *wish = &renewal->wish;

	if (!wish->is_dry)
		wish->on_order(wish->data, describe_order(renewal));
	renewal_errands_save(&renewal->errands, task, describe_order(renewal));
}

/* The CA may fetch before its reply to the answer has come. */
static void pause_order(struct renewal *renewal, const struct order_task *task)
{
	bool is_over = task->pause_ends_on_fetch && task->challenge &&
		renewal_answers_was_fetched(
			&renewal->answers, task->challenge->token);

	renewal_errands_pause(&renewal->errands, task, is_over);
}

static void withdraw(struct renewal *renewal, const struct order_task *task)
{
	renewal_answers_withdraw(&renewal->answers, task->challenge);
	order_done(renewal->order, task->id, &(struct result){0}, time(NULL));
}

static void run(struct renewal *renewal, const struct order_task *task)
{
	switch (task->want) {
	case ORDER_WANTS_POST:
		renewal_errands_post(&renewal->errands, task);
		return;
	case ORDER_WANTS_SAVE:
		save(renewal, task);
		return;
	case ORDER_WANTS_CSR:
		renewal_errands_csr(&renewal->errands, task);
		return;
	case ORDER_WANTS_PRESENT:
		renewal_answers_present(&renewal->answers, task);
		return;
	case ORDER_WANTS_WITHDRAW:
		withdraw(renewal, task);
		return;
	case ORDER_WANTS_PAUSE:
		pause_order(renewal, task);
		return;
	}
}

static void on_wake(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct renewal *renewal = timer->data;
	const struct order_task *task;

	(void)loop;
	(void)events;
	while ((task = order_next(renewal->order, time(NULL))))
		run(renewal, task);
	if (order_is_busy(renewal->order) || renewal->stage)
		return;
	if (order_state(renewal->order) == ORDER_ISSUED)
		stage(renewal);
	else if (order_state(renewal->order) == ORDER_FAILED)
		fail_order(renewal);
}

static void wake(struct renewal *renewal)
{
	if (!ev_is_active(&renewal->wake))
		ev_timer_start(renewal->wish.loop, &renewal->wake);
}

static void on_done(void *data, unsigned id, const struct result *result)
{
	struct renewal *renewal = data;

	order_done(renewal->order, id, result, time(NULL));
	wake(renewal);
}

/* The CA has fetched an answer: its authorization is looked at at once. */
static void on_fetch(void *data, const char *token)
{
	struct renewal *renewal = data;

	renewal_errands_end_pause(&renewal->errands, token);
}

/* The start. */

static struct order *make_order(struct renewal *renewal, struct error *err)
{
	struct renewal_plan plan;

	if (!renewal_plan_fill(&plan, &renewal->wish, &renewal->ready,
		    renewal->in_flight, err))
		return NULL;
	plan.order.account = renewal->account;
	plan.order.on_step = tell_step;
	plan.order.on_warning = warn;
	plan.order.data = renewal;
	return order_new(&plan.order, err);
}

static void start_order(struct renewal *renewal)
{
	struct error err;

	renewal->order = make_order(renewal, &err);
	if (!renewal->order) {
		end_with(renewal, &err);
		return;
	}
	tell_step(renewal, "order", "wait", "begin");
	wake(renewal);
}

static void on_caa(
	void *data, const struct error *forbidden, const struct error *doubt)
{
	struct renewal *renewal = data;

	renewal->caa = NULL;
	if (forbidden &&
		!renewal_plan_resumes(
			&renewal->wish, &renewal->ready, renewal->in_flight)) {
		end_with(renewal, forbidden);
		return;
	}
	if (forbidden)
		renewal->answers.forbidden = *forbidden;
	if (doubt)
		warn(renewal, doubt->text);
	start_order(renewal);
}

static void check_caa(struct renewal *renewal)
{
	const struct renewal_wish *wish = &renewal->wish;
	cleanup(json) json_t *issuers = ca_settings_issuers(
		ca_settings(wish->ca), renewal->ready.directory);
	struct caa_check_wish check = {
		.tools = solvers_tools(wish->solvers),
		.certificate = wish->certificate,
		.issuers = issuers,
		.account = renewal->account,
		.on_end = on_caa,
		.data = renewal,
	};

	renewal->caa = caa_check_start(&check);
}

static void on_ready(
	void *data, const struct ca_ready *ready, const struct error *failed)
{
	struct renewal *renewal = data;

	if (failed) {
		end_with(renewal, failed);
		return;
	}
	renewal->ready = *ready;
	renewal->errands.exchange = ready->exchange;
	renewal->account = mem_string(ready->account);
	check_caa(renewal);
}

struct renewal *renewal_start(const struct renewal_wish *wish)
{
	struct renewal *renewal = mem_new(sizeof(*renewal));

	renewal->wish = *wish;
	renewal->wish.order = NULL;
	if (!wish->is_dry)
		renewal->in_flight = json_deep_copy(wish->order);
	renewal->errands = (struct renewal_errands){
		.loop = wish->loop,
		.vault = wish->vault,
		.certificate = wish->certificate->name,
		.without = wish->without,
		.is_dry = wish->is_dry,
		.on_done = on_done,
		.data = renewal,
	};
	renewal->answers = (struct renewal_answers){
		.solvers = wish->solvers,
		.certificate = wish->certificate,
		.on_done = on_done,
		.on_fetch = on_fetch,
		.data = renewal,
	};
	ca_ref(wish->ca);
	ev_timer_init(&renewal->wake, on_wake, 0., 0.);
	renewal->wake.data = renewal;
	renewal->slot = ca_enter(wish->ca, CA_FOR_ORDER, on_ready, renewal);
	return renewal;
}

void renewal_cancel(struct renewal *renewal)
{
	if (renewal)
		free_renewal(renewal);
}
