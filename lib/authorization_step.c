/* SPDX-License-Identifier: MIT */
#include "authorization_step.h"

#include "authorization_document.h"
#include "authorization_watch.h"
#include "json.h"
#include "mem.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

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

void authorization_succeed(struct authorization *authorization)
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

void authorization_end_by_kind(
	struct authorization *authorization, const struct error *err)
{
	if (err->kind == ERROR_VALIDATION || err->kind == ERROR_REFUSED)
		give_up(authorization, err);
	else
		authorization_stop(authorization, err);
}

/* The authorization in a result: a new reference, or NULL with err. */
json_t *authorization_object(const struct result *result, struct error *err)
{
	if (!result->err)
		return reply_object(result->reply, "the authorization", err);
	*err = *result->err;
	return NULL;
}

void authorization_give_up_dead(
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

bool authorization_ask_post(struct authorization *authorization,
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
	return authorization_ask_post(
		authorization, task, authorization->url, "");
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
		return authorization_give_up_dead(authorization, object);
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
	cleanup(json) json_t *object = authorization_object(result, &err);

	if (!object)
		return authorization_end_by_kind(authorization, &err);
	enum verdict verdict = authorization_document_verdict(object);
	if (!authorization_document_find(
		    object, authorization->plan, &index, &err))
		return verdict == VERDICT_VALID
			? authorization_succeed(authorization)
			: give_up(authorization, &err);
	snprintf(authorization->subject, sizeof(authorization->subject), "%s",
		authorization->plan->identifiers[index].value);
	authorization->challenge.type = authorization->plan->types[index];

	switch (verdict) {
	case VERDICT_PENDING:
		return prepare(authorization, object, index);
	case VERDICT_VALID:
		return authorization_succeed(authorization);
	case VERDICT_DEAD:
		return authorization_give_up_dead(authorization, object);
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

/* Deactivate: it would lie about pending for days, and CAs count that. */
static bool deactivate_ask(
	struct authorization *authorization, struct order_task *task)
{
	return authorization_ask_post(authorization, task, authorization->url,
		"{\"status\":\"deactivated\"}");
}

static const struct authorization_step_row STEPS[] = {
	[STEP_FETCH] = {ORDER_WANTS_POST, fetch_ask, fetch_read},
	[STEP_PRESENT] = {ORDER_WANTS_PRESENT, challenge_ask, present_read},
	[STEP_PRESENTED] = {0},
	[STEP_ANSWER] = {ORDER_WANTS_POST, authorization_answer_ask,
		authorization_answer_read},
	[STEP_PAUSE] = {ORDER_WANTS_PAUSE, authorization_pause_ask,
		authorization_pause_read},
	[STEP_LOOK] = {ORDER_WANTS_POST, fetch_ask, authorization_look_read},
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
