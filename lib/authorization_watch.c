/* SPDX-License-Identifier: MIT */
#include "authorization_watch.h"

#include "authorization_document.h"
#include "json.h"
#include "mem.h"
#include "problem.h"
#include "text.h"

#define ANSWERS_MAX 2 /* when the CA does not seem to hear */
#define FETCH_PAUSE 1.0 /* at most, until the CA fetches the answer */

/* Answer: the CA may look now (RFC 8555 section 7.5.1). */
bool authorization_answer_ask(
	struct authorization *authorization, struct order_task *task)
{
	authorization->answers++;
	return authorization_ask_post(
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
void authorization_answer_read(
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
bool authorization_pause_ask(
	struct authorization *authorization, struct order_task *task)
{
	task->pause = authorization->watch.pause;
	task->pause_ends_on_fetch = authorization->pause_ends_on_fetch;
	task->challenge = &authorization->challenge;
	return true;
}

void authorization_pause_read(
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
	authorization_end_by_kind(authorization, &authorization->refusal);
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
		return authorization_give_up_dead(authorization, object);
	if (authorization->refusal.kind && streq(status, "pending"))
		return unheard(authorization);
	note_trouble(authorization, challenge);
	pause_for(authorization, reply->retry_after);
}

void authorization_look_read(
	struct authorization *authorization, const struct result *result)
{
	struct error err = {0};
	cleanup(json) json_t *object = authorization_object(result, &err);

	if (!object && watch_survives(&authorization->watch, &err))
		return authorization_go(authorization, STEP_PAUSE);
	if (!object)
		return authorization_end_by_kind(authorization, &err);

	switch (authorization_document_verdict(object)) {
	case VERDICT_PENDING:
		return look_pending(authorization, object, result->reply);
	case VERDICT_VALID:
		return authorization_succeed(authorization);
	case VERDICT_DEAD:
		return authorization_give_up_dead(authorization, object);
	}
}
