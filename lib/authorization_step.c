/* SPDX-License-Identifier: MIT */
#include "authorization_step.h"

#include "authorization_document.h"
#include "json.h"
#include "mem.h"
#include "problem.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

#define ANSWERS_MAX 2 /* when the CA does not seem to hear */
#define FETCH_PAUSE 1.0 /* at most, until the CA fetches the answer */

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
	[STEP_DEACTIVATE] = "deactivate",
	[STEP_END] = "end",
};

void authorization_go(
	struct authorization *authorization, enum authorization_step step)
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
	authorization->is_left_open = false;
	authorization_go(authorization, STEP_VALID);
}

static void end(struct authorization *authorization,
	enum authorization_state state, const struct error *err)
{
	authorization->state = state;
	authorization->error = *err;
	if (*authorization->subject)
		error_prefix(
			&authorization->error, "'%s'", authorization->subject);
	authorization_go(authorization, STEP_FAILED);
}

/* The CA's last word, or nonsense: the order is of no more use. */
static void give_up(
	struct authorization *authorization, const struct error *err)
{
	end(authorization, AUTHORIZATION_FAILED, err);
}

void authorization_stop(
	struct authorization *authorization, const struct error *err)
{
	end(authorization, AUTHORIZATION_STOPPED, err);
}

static void end_by_kind(
	struct authorization *authorization, const struct error *err)
{
	if (err->kind == ERROR_VALIDATION || err->kind == ERROR_REFUSED)
		give_up(authorization, err);
	else
		authorization_stop(authorization, err);
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

	authorization->is_left_open = false;
	authorization_document_error(
		object, authorization->challenge.type, &err);
	if (authorization->answers && !*err.code &&
		streq(member_string_or(object, "status", ""), "expired"))
		memcpy(err.code, "X5", sizeof("X5"));
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
	const struct challenge_answerer answerer = {
		.thumbprint = plan->thumbprint,
		.account = plan->account,
		.directory = plan->directory,
	};
	struct error err = {0};

	authorization->is_left_open = true;
	if (streq(status, "invalid"))
		return give_up_dead(authorization, object);
	if (!challenge_parse(object, &plan->identifiers[index], type, &answerer,
		    &authorization->challenge, &err))
		return give_up(authorization, &err);
	authorization->answered = !streq(status, "pending");
	authorization_go(authorization, STEP_PRESENT);
}

/* One that is valid asks nothing of us, even when it is for a parent domain
 * that the CA has validated before (Z14, RFC 9444). */
static void fetch_read(
	struct authorization *authorization, const struct result *result)
{
	struct error err = {0};
	size_t index = 0;
	cleanup(json) json_t *object = object_of(result, &err);

	if (!object)
		return end_by_kind(authorization, &err);
	enum verdict verdict = authorization_document_verdict(object);
	if (!authorization_document_find(
		    object, authorization->plan, &index, &err))
		return verdict == VERDICT_VALID ? succeed(authorization)
						: give_up(authorization, &err);
	snprintf(authorization->subject, sizeof(authorization->subject), "%s",
		authorization->plan->identifiers[index].value);
	authorization->challenge.type = authorization->plan->types[index];

	switch (verdict) {
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
		return authorization_stop(authorization, result->err);
	authorization->sees_fetches = result->sees_fetches;
	authorization->state = AUTHORIZATION_PRESENTED;
	authorization_go(authorization, STEP_PRESENTED);
}

/* Answer: the CA may look now (RFC 8555 section 7.5.1). */
static bool answer_ask(
	struct authorization *authorization, struct order_task *task)
{
	authorization->answers++;
	return ask_post(
		authorization, task, authorization->challenge.url, "{}");
}

static void pause_for(struct authorization *authorization, double retry_after)
{
	struct error err = {0};

	if (!watch_wait(&authorization->watch, retry_after, &err))
		return authorization_stop(authorization, &err);
	authorization_go(authorization, STEP_PAUSE);
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
		return authorization_go(authorization, STEP_LOOK);
	if (reply->retry_after > 0)
		return pause_for(authorization, reply->retry_after);
	if (!authorization->sees_fetches)
		return authorization_go(authorization, STEP_LOOK);
	authorization->watch.pause = FETCH_PAUSE;
	authorization->pause_ends_on_fetch = true;
	authorization_go(authorization, STEP_PAUSE);
}

/* An answer may be refused because another order's answer came first (K5,
 * Z11), or its reply be lost while the CA goes and looks: only a look tells. */
static void answer_read(
	struct authorization *authorization, const struct result *result)
{
	struct error *refusal = &authorization->refusal;

	*refusal = (struct error){0};
	if (!result->err && reply_is_ok(result->reply))
		return start_watch(authorization, result->reply);
	if (result->err)
		*refusal = *result->err;
	else
		problem_from_reply(result->reply, refusal);
	if (refusal->kind == ERROR_LOCAL || refusal->kind == ERROR_LIMITED)
		return authorization_stop(authorization, refusal);
	watch_start(&authorization->watch);
	authorization_go(authorization, STEP_LOOK);
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
	authorization_go(authorization, STEP_LOOK);
}

/* The CA has not heard the answer: once more, unless it refused. */
static void unheard(struct authorization *authorization)
{
	if (authorization->refusal.kind == ERROR_TRANSIENT &&
		authorization->answers < ANSWERS_MAX)
		return authorization_go(authorization, STEP_ANSWER);
	end_by_kind(authorization, &authorization->refusal);
}

/* A CA that tries again says what went wrong so far (RFC 8555 section 8.2);
 * it may be all that we ever hear. */
static void note_trouble(
	struct authorization *authorization, const json_t *challenge)
{
	const json_t *problem = json_object_get(challenge, "error");

	if (!json_is_object(problem))
		return;
	problem_to_error(problem, 0, &authorization->error);
	error_prefix(&authorization->error, "'%s'", authorization->subject);
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
		return unheard(authorization);
	note_trouble(authorization, challenge);
	pause_for(authorization, reply->retry_after);
}

static void look_read(
	struct authorization *authorization, const struct result *result)
{
	struct error err = {0};
	cleanup(json) json_t *object = object_of(result, &err);

	if (!object && watch_survives(&authorization->watch, &err))
		return authorization_go(authorization, STEP_PAUSE);
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

/* Deactivate: it would lie about pending for days, and CAs count that. */
static bool deactivate_ask(
	struct authorization *authorization, struct order_task *task)
{
	return ask_post(authorization, task, authorization->url,
		"{\"status\":\"deactivated\"}");
}

static const struct authorization_step_row STEPS[] = {
	[STEP_FETCH] = {ORDER_WANTS_POST, fetch_ask, fetch_read},
	[STEP_PRESENT] = {ORDER_WANTS_PRESENT, challenge_ask, present_read},
	[STEP_PRESENTED] = {0},
	[STEP_ANSWER] = {ORDER_WANTS_POST, answer_ask, answer_read},
	[STEP_PAUSE] = {ORDER_WANTS_PAUSE, pause_ask, pause_read},
	[STEP_LOOK] = {ORDER_WANTS_POST, fetch_ask, look_read},
	[STEP_VALID] = {0},
	[STEP_FAILED] = {0},
	[STEP_WITHDRAW] = {ORDER_WANTS_WITHDRAW, challenge_ask, NULL},
	[STEP_DEACTIVATE] = {ORDER_WANTS_POST, deactivate_ask, NULL},
	[STEP_END] = {0},
};

const struct authorization_step_row *authorization_step_row(
	const struct authorization *authorization)
{
	return &STEPS[authorization->step];
}
