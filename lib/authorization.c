/* SPDX-License-Identifier: MIT */
#include "authorization.h"

#include "authorization_document.h"
#include "json.h"
#include "mem.h"
#include "problem.h"
#include "text.h"
#include "watch.h"

#include <stdio.h>
#include <string.h>

#define FETCH_PAUSE 1.0 /* at most, until the CA fetches the answer */

enum step {
	STEP_FETCH,
	STEP_PRESENT,
	STEP_PRESENTED,
	STEP_ANSWER,
	STEP_PAUSE,
	STEP_LOOK,
	STEP_VALID,
	STEP_FAILED,
	STEP_WITHDRAW,
	STEP_END,
};

/* Pause and look are one to whoever reads the log. */
static const char *const NAMES[] = {
	[STEP_FETCH] = "fetch",
	[STEP_PRESENT] = "present",
	[STEP_PRESENTED] = "presented",
	[STEP_ANSWER] = "answer",
	[STEP_PAUSE] = "watch",
	[STEP_LOOK] = "watch",
	[STEP_VALID] = "valid",
	[STEP_FAILED] = "failed",
	[STEP_WITHDRAW] = "withdraw",
	[STEP_END] = "end",
};

struct authorization {
	const struct order_plan *plan; /* borrowed */
	char *url; /* owned */
	char subject[256];
	enum step step;
	enum authorization_state state;
	bool out; /* the task of the step is being done */
	bool presented;
	bool aborted;
	bool answered; /* by an earlier run, and the CA is at it */
	bool sees_fetches;
	bool pause_ends_on_fetch;
	struct watch watch;
	struct challenge challenge;
	struct request request;
	struct order_task task;
	struct error refusal; /* of the answer: the next look decides */
	struct error error;
};

/* The one writer of the step. */
static void go(struct authorization *authorization, enum step step)
{
	const struct order_plan *plan = authorization->plan;
	const char *from = NAMES[authorization->step];
	const char *to = NAMES[step];

	authorization->step = step;
	if (plan->on_step && !streq(from, to))
		plan->on_step(plan->data,
			*authorization->subject ? authorization->subject
						: authorization->url,
			from, to);
}

static void succeed(struct authorization *authorization)
{
	authorization->state = AUTHORIZATION_VALID;
	go(authorization, STEP_VALID);
}

static void end(struct authorization *authorization,
	enum authorization_state state, const struct error *err)
{
	authorization->state = state;
	authorization->error = *err;
	if (*authorization->subject)
		error_prefix(
			&authorization->error, "'%s'", authorization->subject);
	go(authorization, STEP_FAILED);
}

/* The CA's last word, or nonsense: the order is of no more use. */
static void give_up(
	struct authorization *authorization, const struct error *err)
{
	end(authorization, AUTHORIZATION_FAILED, err);
}

/* The authorization itself is as good as before. */
static void stop(struct authorization *authorization, const struct error *err)
{
	end(authorization, AUTHORIZATION_STOPPED, err);
}

static void end_by_kind(
	struct authorization *authorization, const struct error *err)
{
	if (err->kind == ERROR_VALIDATION || err->kind == ERROR_REFUSED)
		give_up(authorization, err);
	else
		stop(authorization, err);
}

/* The authorization in a result: a new reference, or NULL with err. */
static json_t *object_of(const struct result *result, struct error *err)
{
	if (!result->err)
		return reply_object(result->reply, "the authorization", err);
	*err = *result->err;
	return NULL;
}

static void give_up_dead(
	struct authorization *authorization, const json_t *object)
{
	struct error err = {0};

	authorization_document_error(
		object, authorization->challenge.type, &err);
	give_up(authorization, &err);
}

static bool ask_post(struct authorization *authorization,
	struct order_task *task, const char *url, const char *payload)
{
	task->request = &authorization->request;
	return request_set(
		&authorization->request, REQUEST_BY_ACCOUNT, url, payload);
}

/* Fetch: what does the CA want to be shown? */
static bool fetch_ask(
	struct authorization *authorization, struct order_task *task)
{
	return ask_post(authorization, task, authorization->url, "");
}

/* A challenge that is `processing` was answered before a restart: it is
 * published again, but not answered twice (Z11). */
static void prepare(
	struct authorization *authorization, const json_t *object, size_t index)
{
	const struct order_plan *plan = authorization->plan;
	enum challenge_type type = plan->types[index];
	const char *status = member_string_or(
		challenge_find(object, type), "status", "pending");
	struct error err = {0};

	if (streq(status, "invalid"))
		return give_up_dead(authorization, object);
	if (!challenge_parse(object, &plan->identifiers[index], type,
		    plan->thumbprint, &authorization->challenge, &err))
		return give_up(authorization, &err);
	authorization->answered = !streq(status, "pending");
	go(authorization, STEP_PRESENT);
}

static void fetch_read(
	struct authorization *authorization, const struct result *result)
{
	struct error err = {0};
	size_t index = 0;
	cleanup(json) json_t *object = object_of(result, &err);

	if (!object)
		return end_by_kind(authorization, &err);
	if (!authorization_document_find(
		    object, authorization->plan, &index, &err))
		return give_up(authorization, &err);
	snprintf(authorization->subject, sizeof(authorization->subject), "%s",
		authorization->plan->identifiers[index].value);
	authorization->challenge.type = authorization->plan->types[index];

	switch (authorization_document_verdict(object)) {
	case VERDICT_PENDING:
		return prepare(authorization, object, index);
	case VERDICT_VALID:
		return succeed(authorization);
	case VERDICT_DEAD:
		return give_up_dead(authorization, object);
	}
}

/* Present: publish the answer before the CA is told of it (Z05). */
static bool challenge_ask(
	struct authorization *authorization, struct order_task *task)
{
	task->challenge = &authorization->challenge;
	return true;
}

static void present_read(
	struct authorization *authorization, const struct result *result)
{
	if (result->err)
		return stop(authorization, result->err);
	authorization->sees_fetches = result->sees_fetches;
	authorization->state = AUTHORIZATION_PRESENTED;
	go(authorization, STEP_PRESENTED);
}

/* Answer: the CA may look now (RFC 8555 section 7.5.1). */
static bool answer_ask(
	struct authorization *authorization, struct order_task *task)
{
	return ask_post(
		authorization, task, authorization->challenge.url, "{}");
}

static void pause_for(struct authorization *authorization, double retry_after)
{
	struct error err = {0};

	if (!watch_wait(&authorization->watch, retry_after, &err))
		return stop(authorization, &err);
	go(authorization, STEP_PAUSE);
}

/* Some CAs have validated before they reply. */
static bool is_decided(const struct reply *reply)
{
	cleanup(json) json_t *challenge =
		reply_object(reply, "the challenge", NULL);
	const char *status = member_string_or(challenge, "status", "");

	return streq(status, "valid") || streq(status, "invalid");
}

/* When to look first: a time of the CA wins; its fetch of the answer is the
 * best sign (Z08). */
static void start_watch(
	struct authorization *authorization, const struct reply *reply)
{
	watch_start(&authorization->watch);
	if (is_decided(reply))
		return go(authorization, STEP_LOOK);
	if (reply->retry_after > 0)
		return pause_for(authorization, reply->retry_after);
	if (!authorization->sees_fetches)
		return go(authorization, STEP_LOOK);
	authorization->watch.pause = FETCH_PAUSE;
	authorization->pause_ends_on_fetch = true;
	go(authorization, STEP_PAUSE);
}

/* An answer may be refused because another order's answer came first: only a
 * look tells (K5, Z11). */
static void answer_read(
	struct authorization *authorization, const struct result *result)
{
	struct error *refusal = &authorization->refusal;

	if (result->err)
		return stop(authorization, result->err);
	if (reply_is_ok(result->reply))
		return start_watch(authorization, result->reply);
	problem_from_reply(result->reply, refusal);
	if (refusal->kind == ERROR_TRANSIENT || refusal->kind == ERROR_LIMITED)
		return stop(authorization, refusal);
	watch_start(&authorization->watch);
	go(authorization, STEP_LOOK);
}

/* Watch: a pause and a look, again and again. */
static bool pause_ask(
	struct authorization *authorization, struct order_task *task)
{
	task->pause = authorization->watch.pause;
	task->pause_ends_on_fetch = authorization->pause_ends_on_fetch;
	task->challenge = &authorization->challenge;
	return true;
}

static void pause_read(
	struct authorization *authorization, const struct result *result)
{
	(void)result;
	authorization->pause_ends_on_fetch = false;
	go(authorization, STEP_LOOK);
}

/* The challenge may be invalid long before the authorization is (Z07). */
static void look_pending(struct authorization *authorization,
	const json_t *object, const struct reply *reply)
{
	const json_t *challenge =
		challenge_find(object, authorization->challenge.type);
	const char *status = member_string_or(challenge, "status", "");

	if (streq(status, "invalid"))
		return give_up_dead(authorization, object);
	if (authorization->refusal.kind && streq(status, "pending"))
		return give_up(authorization, &authorization->refusal);
	pause_for(authorization, reply->retry_after);
}

static void look_read(
	struct authorization *authorization, const struct result *result)
{
	struct error err = {0};
	cleanup(json) json_t *object = object_of(result, &err);

	if (!object && watch_survives(&authorization->watch, &err))
		return go(authorization, STEP_PAUSE);
	if (!object)
		return end_by_kind(authorization, &err);

	switch (authorization_document_verdict(object)) {
	case VERDICT_PENDING:
		return look_pending(authorization, object, result->reply);
	case VERDICT_VALID:
		return succeed(authorization);
	case VERDICT_DEAD:
		return give_up_dead(authorization, object);
	}
}

/* The steps without a task are rests: until _answer(), or until _abort(). */
static const struct step_row {
	enum order_want want;
	bool (*ask)(struct authorization *, struct order_task *);
	void (*read)(struct authorization *, const struct result *);
} STEPS[] = {
	[STEP_FETCH] = {ORDER_WANTS_POST, fetch_ask, fetch_read},
	[STEP_PRESENT] = {ORDER_WANTS_PRESENT, challenge_ask, present_read},
	[STEP_PRESENTED] = {0},
	[STEP_ANSWER] = {ORDER_WANTS_POST, answer_ask, answer_read},
	[STEP_PAUSE] = {ORDER_WANTS_PAUSE, pause_ask, pause_read},
	[STEP_LOOK] = {ORDER_WANTS_POST, fetch_ask, look_read},
	[STEP_VALID] = {0},
	[STEP_FAILED] = {0},
	[STEP_WITHDRAW] = {ORDER_WANTS_WITHDRAW, challenge_ask, NULL},
	[STEP_END] = {0},
};

struct authorization *authorization_new(
	const struct order_plan *plan, const char *url, struct error *err)
{
	struct authorization *authorization = calloc(1, sizeof(*authorization));

	if (!authorization || !(authorization->url = strdup(url))) {
		free(authorization);
		fail_memory(err);
		return NULL;
	}
	authorization->plan = plan;
	return authorization;
}

void authorization_free(struct authorization *authorization)
{
	if (!authorization)
		return;
	free(authorization->url);
	challenge_clear(&authorization->challenge);
	request_clear(&authorization->request);
	free(authorization);
}

bool authorization_wants_post(const struct authorization *authorization)
{
	const struct step_row *row = &STEPS[authorization->step];

	return !authorization->out && row->ask && row->want == ORDER_WANTS_POST;
}

const struct order_task *authorization_next(struct authorization *authorization)
{
	const struct step_row *row = &STEPS[authorization->step];
	struct error err = {0};

	if (authorization->out || !row->ask)
		return NULL;
	authorization->task = (struct order_task){.want = row->want};
	if (!row->ask(authorization, &authorization->task)) {
		fail_memory(&err);
		stop(authorization, &err);
		return NULL;
	}
	authorization->out = true;
	return &authorization->task;
}

static void leave(struct authorization *authorization)
{
	go(authorization, authorization->presented ? STEP_WITHDRAW : STEP_END);
}

void authorization_done(
	struct authorization *authorization, const struct result *result)
{
	const struct step_row *row = &STEPS[authorization->step];

	authorization->out = false;
	if (row->want == ORDER_WANTS_PRESENT)
		authorization->presented = !result->err;
	if (row->want == ORDER_WANTS_WITHDRAW)
		authorization->presented = false;
	if (authorization->aborted)
		leave(authorization);
	else
		row->read(authorization, result);
}

void authorization_answer(struct authorization *authorization)
{
	if (authorization->state != AUTHORIZATION_PRESENTED)
		return;
	authorization->state = AUTHORIZATION_RUNNING;
	watch_start(&authorization->watch);
	go(authorization, authorization->answered ? STEP_LOOK : STEP_ANSWER);
}

void authorization_abort(struct authorization *authorization)
{
	if (authorization->aborted)
		return;
	authorization->aborted = true;
	if (authorization->step == STEP_PAUSE)
		authorization->out = false;
	if (!authorization->out)
		leave(authorization);
}

enum authorization_state authorization_state(
	const struct authorization *authorization)
{
	return authorization->state;
}

bool authorization_is_busy(const struct authorization *authorization)
{
	return authorization->out || authorization->presented;
}

const char *authorization_subject(const struct authorization *authorization)
{
	return authorization->subject;
}

const struct error *authorization_error(
	const struct authorization *authorization)
{
	return &authorization->error;
}
