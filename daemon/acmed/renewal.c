/* SPDX-License-Identifier: MIT */
#include "renewal.h"

#include "json.h"
#include "mem.h"
#include "order.h"
#include "text.h"

#include <stdlib.h>
#include <time.h>

#define VAULT_DEADLINE 30.0
#define KEY_DEADLINE 120.0 /* an RSA key on a slow machine */

/* A task of the order that is being done. */
struct errand {
	struct errand *next;
	struct renewal *renewal;
	unsigned id;
	enum order_want want;
	struct exchange_call *call;
	struct helper_call *vault_call;
	ev_timer pause;
	bool ends_on_fetch;
	char *token; /* owned: whose fetch ends the pause */
};

/* An answer that is published, from PRESENT to WITHDRAW. */
struct answer {
	struct answer *next;
	struct renewal *renewal;
	char *token; /* owned */
	unsigned id; /* of the PRESENT that is not reported yet, else 0 */
	bool was_fetched; /* maybe before the order waits for it */
	struct publication *publication;
};

struct renewal {
	struct renewal_wish wish;
	struct ca_wait *slot;
	struct ca_ready ready;
	struct order *order;
	struct errand *errands;
	struct answer *answers;
	struct helper_call *finish; /* stage, switch, order-drop */
	char *account; /* owned URL */
	ev_timer wake; /* the order is looked at from here */
	json_t *in_flight; /* the order to resume, or NULL */
	json_t *staged; /* VERSION */
	struct error err;
	bool is_order_kept;
};

static void wake(struct renewal *renewal)
{
	if (!ev_is_active(&renewal->wake))
		ev_timer_start(renewal->wish.loop, &renewal->wake);
}

/* Errands. */

static struct errand *add_errand(
	struct renewal *renewal, const struct order_task *task)
{
	struct errand *errand = calloc(1, sizeof(*errand));

	if (!errand)
		abort();
	errand->renewal = renewal;
	errand->id = task->id;
	errand->want = task->want;
	errand->next = renewal->errands;
	renewal->errands = errand;
	return errand;
}

static void drop_errand(struct errand *errand)
{
	struct renewal *renewal = errand->renewal;
	struct errand **link = &renewal->errands;

	while (*link != errand)
		link = &(*link)->next;
	*link = errand->next;
	ev_timer_stop(renewal->wish.loop, &errand->pause);
	if (errand->call)
		exchange_cancel(errand->call);
	if (errand->vault_call)
		helper_cancel(errand->vault_call);
	free(errand->token);
	free(errand);
}

/* The one way back into the order. */
static void report(struct errand *errand, const struct result *result)
{
	struct renewal *renewal = errand->renewal;
	unsigned id = errand->id;

	errand->call = NULL;
	errand->vault_call = NULL;
	drop_errand(errand);
	order_done(renewal->order, id, result, time(NULL));
	wake(renewal);
}

/* POST. */

static void on_reply(
	void *data, const struct reply *reply, const struct error *err)
{
	report(data, &(struct result){.reply = reply, .err = err});
}

static void post(struct renewal *renewal, const struct order_task *task)
{
	struct errand *errand = add_errand(renewal, task);

	errand->call = exchange_post(
		renewal->ready.exchange, task->request, on_reply, errand);
}

/* SAVE: the URL is durable before anything else is sent (O02). */

static json_t *ask_vault(const struct renewal *renewal, const char *verb)
{
	return json_pack("{s:s, s:s, s:b}", "verb", verb, "name",
		renewal->wish.certificate->name, "dry", renewal->wish.is_dry);
}

static void on_saved(void *data, const json_t *reply, const struct error *err)
{
	(void)reply;
	report(data, &(struct result){.err = err});
}

static json_t *describe_order(const struct renewal *renewal)
{
	return json_pack("{s:s, s:s, s:s}", "ca", ca_name(renewal->wish.ca),
		"url", order_url(renewal->order), "account", renewal->account);
}

static void save(struct renewal *renewal, const struct order_task *task)
{
	struct errand *errand = add_errand(renewal, task);

	if (renewal->wish.is_dry) {
		report(errand, &(struct result){0});
		return;
	}
	json_t *request = ask_vault(renewal, "order-save");
	json_object_set_new(request, "order", describe_order(renewal));
	errand->vault_call = helper_call(
		renewal->wish.vault, request, VAULT_DEADLINE, on_saved, errand);
	renewal->wish.on_order(renewal->wish.data, describe_order(renewal));
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

static void make_csr(struct renewal *renewal, const struct order_task *task)
{
	struct errand *errand = add_errand(renewal, task);

	errand->vault_call = helper_call(renewal->wish.vault,
		ask_vault(renewal, "csr"), KEY_DEADLINE, on_csr, errand);
}

/* PAUSE. */

static void on_pause(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	report(timer->data, &(struct result){0});
}

/* The CA may fetch before its reply to the answer has come. */
static bool was_fetched(
	const struct renewal *renewal, const struct order_task *task)
{
	for (struct answer *a = renewal->answers; a; a = a->next)
		if (streq(a->token, task->challenge->token))
			return a->was_fetched;
	return false;
}

static void pause_order(struct renewal *renewal, const struct order_task *task)
{
	struct errand *errand = add_errand(renewal, task);
	bool over = task->pause_ends_on_fetch && was_fetched(renewal, task);

	errand->ends_on_fetch = task->pause_ends_on_fetch;
	if (task->challenge)
		errand->token = strdup(task->challenge->token);
	ev_now_update(renewal->wish.loop);
	ev_timer_init(&errand->pause, on_pause, over ? 0. : task->pause, 0.);
	errand->pause.data = errand;
	ev_timer_start(renewal->wish.loop, &errand->pause);
}

/* The CA has fetched an answer: its authorization is looked at at once. */
static void end_pause(struct renewal *renewal, const char *token)
{
	for (struct errand *e = renewal->errands; e; e = e->next)
		if (e->ends_on_fetch && e->token && streq(e->token, token)) {
			report(e, &(struct result){0});
			return;
		}
}

/* PRESENT and WITHDRAW. */

static void drop_answer(struct answer *answer)
{
	struct answer **link = &answer->renewal->answers;

	while (*link != answer)
		link = &(*link)->next;
	*link = answer->next;
	if (answer->publication)
		solver_withdraw(answer->publication);
	free(answer->token);
	free(answer);
}

static void on_published(void *data, const struct error *err, bool sees_fetches)
{
	struct answer *answer = data;
	struct renewal *renewal = answer->renewal;
	unsigned id = answer->id;

	answer->id = 0;
	if (err) {
		answer->publication = NULL;
		drop_answer(answer);
	}
	order_done(renewal->order, id,
		&(struct result){.err = err, .sees_fetches = sees_fetches},
		time(NULL));
	wake(renewal);
}

static void on_fetch(void *data)
{
	struct answer *answer = data;

	answer->was_fetched = true;
	end_pause(answer->renewal, answer->token);
}

static void present(struct renewal *renewal, const struct order_task *task)
{
	const struct config_certificate *certificate =
		renewal->wish.certificate;
	struct answer *answer = calloc(1, sizeof(*answer));

	if (!answer)
		abort();
	answer->renewal = renewal;
	answer->token = strdup(task->challenge->token);
	answer->id = task->id;
	answer->next = renewal->answers;
	renewal->answers = answer;
	struct publication_wish wish = {
		.certificate = certificate->name,
		.challenge = config_challenge_for(
			certificate, &task->challenge->identifier),
		.answer = task->challenge,
		.on_published = on_published,
		.on_fetch = on_fetch,
		.data = answer,
	};
	answer->publication = solver_present(renewal->wish.solvers, &wish);
}

static void withdraw(struct renewal *renewal, const struct order_task *task)
{
	for (struct answer *a = renewal->answers; a; a = a->next)
		if (streq(a->token, task->challenge->token)) {
			drop_answer(a);
			break;
		}
	order_done(renewal->order, task->id, &(struct result){0}, time(NULL));
}

/* The end. */

static void free_renewal(struct renewal *renewal)
{
	while (renewal->errands)
		drop_errand(renewal->errands);
	while (renewal->answers)
		drop_answer(renewal->answers);
	ev_timer_stop(renewal->wish.loop, &renewal->wake);
	if (renewal->finish)
		helper_cancel(renewal->finish);
	order_free(renewal->order);
	if (renewal->slot)
		ca_leave(renewal->slot);
	ca_unref(renewal->wish.ca);
	json_decref(renewal->staged);
	json_decref(renewal->in_flight);
	free(renewal->account);
	free(renewal);
}

static void end(struct renewal *renewal)
{
	struct renewal_wish wish = renewal->wish;
	struct renewal_result result = {
		.is_issued = renewal->err.kind == ERROR_NONE,
		.version = json_incref(renewal->staged),
		.err = renewal->err,
		.is_order_kept = renewal->is_order_kept,
	};

	free_renewal(renewal);
	wish.on_end(wish.data, &result);
	json_decref(result.version);
}

static void end_with(struct renewal *renewal, const struct error *err)
{
	renewal->err = *err;
	end(renewal);
}

static void on_dropped(void *data, const json_t *reply, const struct error *err)
{
	struct renewal *renewal = data;

	(void)reply;
	(void)err;
	renewal->finish = NULL;
	end(renewal);
}

/* The order is of no more use: next/ goes, and its key with it. */
static void drop_order(struct renewal *renewal)
{
	if (!renewal->wish.is_dry)
		renewal->wish.on_order(renewal->wish.data, NULL);
	renewal->finish = helper_call(renewal->wish.vault,
		ask_vault(renewal, "order-drop"), VAULT_DEADLINE, on_dropped,
		renewal);
}

static void on_switched(
	void *data, const json_t *reply, const struct error *err)
{
	struct renewal *renewal = data;

	renewal->finish = NULL;
	if (err) {
		end_with(renewal, err);
		return;
	}
	json_decref(renewal->staged);
	renewal->staged = json_deep_copy(reply);
	renewal->wish.on_order(renewal->wish.data, NULL);
	renewal->wish.on_step(renewal->wish.data, "order", "stage", "switch");
	end(renewal);
}

/* A disk that is full today can take the chain tomorrow; a chain that does
 * not fit never will (K6). */
static void fail_stage(struct renewal *renewal, const struct error *err)
{
	renewal->err = *err;
	if (err->kind != ERROR_LOCAL || renewal->wish.is_dry) {
		drop_order(renewal);
		return;
	}
	renewal->is_order_kept = true;
	end(renewal);
}

static void on_staged(void *data, const json_t *reply, const struct error *err)
{
	struct renewal *renewal = data;

	renewal->finish = NULL;
	if (err) {
		fail_stage(renewal, err);
		return;
	}
	renewal->staged = json_deep_copy(reply);
	if (renewal->wish.is_dry) {
		drop_order(renewal);
		return;
	}
	json_t *request = ask_vault(renewal, "switch");
	json_object_set(request, "version", json_object_get(reply, "version"));
	renewal->finish = helper_call(renewal->wish.vault, request,
		VAULT_DEADLINE, on_switched, renewal);
}

static void stage(struct renewal *renewal)
{
	size_t length = 0;
	const char *chain = order_chain(renewal->order, &length);
	json_t *request = ask_vault(renewal, "stage");

	renewal->wish.on_step(renewal->wish.data, "order", "download", "stage");
	json_object_set_new(request, "chain", json_stringn(chain, length));
	renewal->finish = helper_call(renewal->wish.vault, request,
		VAULT_DEADLINE, on_staged, renewal);
}

/* A CA that lost its account is asked by key at the next attempt (A12). */
static void fail_order(struct renewal *renewal)
{
	renewal->err = *order_error(renewal->order);
	if (streq(renewal->err.code, "A3"))
		ca_forget_account(renewal->wish.ca);
	if (order_is_resumable(renewal->order) && !renewal->wish.is_dry) {
		renewal->is_order_kept = true;
		end(renewal);
		return;
	}
	drop_order(renewal);
}

/* The order. */

static void run(struct renewal *renewal, const struct order_task *task)
{
	switch (task->want) {
	case ORDER_WANTS_POST:
		post(renewal, task);
		return;
	case ORDER_WANTS_SAVE:
		save(renewal, task);
		return;
	case ORDER_WANTS_CSR:
		make_csr(renewal, task);
		return;
	case ORDER_WANTS_PRESENT:
		present(renewal, task);
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
	if (order_is_busy(renewal->order) || renewal->finish)
		return;
	if (order_state(renewal->order) == ORDER_ISSUED)
		stage(renewal);
	if (order_state(renewal->order) == ORDER_FAILED)
		fail_order(renewal);
}

static void tell_step(
	void *data, const char *subject, const char *from, const char *to)
{
	struct renewal *renewal = data;

	renewal->wish.on_step(renewal->wish.data, subject, from, to);
}

/* An order of another CA or account is of no use. */
static const char *resumable_url(const struct renewal *renewal)
{
	const json_t *order = renewal->in_flight;

	if (!order ||
		!streq(member_string_or(order, "ca", ""),
			ca_name(renewal->wish.ca)) ||
		!streq(member_string_or(order, "account", ""),
			renewal->account))
		return NULL;
	return member_string_or(order, "url", NULL);
}

static struct order *make_order(struct renewal *renewal, struct error *err)
{
	const struct config_certificate *certificate =
		renewal->wish.certificate;
	enum challenge_type types[ORDER_MAX_IDENTIFIERS];
	size_t count = certificate->identifier_count;

	if (count > ORDER_MAX_IDENTIFIERS) {
		fail(err, ERROR_REFUSED, "more than %d names in '%s'",
			ORDER_MAX_IDENTIFIERS, certificate->file);
		return NULL;
	}
	for (size_t i = 0; i < count; i++)
		types[i] = config_challenge_for(
			certificate, &certificate->identifiers[i])
				   ->type;
	struct order_plan plan = {
		.directory = renewal->ready.directory,
		.thumbprint = renewal->ready.thumbprint,
		.identifiers = certificate->identifiers,
		.identifier_count = count,
		.types = types,
		.url = resumable_url(renewal),
		.on_step = tell_step,
		.data = renewal,
	};
	return order_new(&plan, err);
}

static void on_ready(
	void *data, const struct ca_ready *ready, const struct error *failed)
{
	struct renewal *renewal = data;
	struct error err;

	if (failed) {
		renewal->is_order_kept = renewal->in_flight != NULL;
		end_with(renewal, failed);
		return;
	}
	renewal->ready = *ready;
	renewal->account = strdup(ready->account);
	renewal->order = make_order(renewal, &err);
	if (!renewal->order) {
		end_with(renewal, &err);
		return;
	}
	wake(renewal);
}

struct renewal *renewal_start(const struct renewal_wish *wish)
{
	struct renewal *renewal = calloc(1, sizeof(*renewal));

	if (!renewal)
		abort();
	renewal->wish = *wish;
	renewal->wish.order = NULL;
	if (!wish->is_dry)
		renewal->in_flight = json_deep_copy(wish->order);
	ca_ref(wish->ca);
	ev_timer_init(&renewal->wake, on_wake, 0., 0.);
	renewal->wake.data = renewal;
	renewal->slot = ca_enter(wish->ca, on_ready, renewal);
	return renewal;
}

void renewal_cancel(struct renewal *renewal)
{
	if (renewal)
		free_renewal(renewal);
}
