/* SPDX-License-Identifier: MIT */
#include "authorization.h"

#include "authorization_step.h"

#include <stdlib.h>
#include <string.h>

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
	const struct authorization_step_row *row =
		authorization_step_row(authorization);

	return !authorization->out && row->ask && row->want == ORDER_WANTS_POST;
}

const struct order_task *authorization_next(struct authorization *authorization)
{
	const struct authorization_step_row *row =
		authorization_step_row(authorization);
	struct error err = {0};

	if (authorization->out || !row->ask)
		return NULL;
	authorization->task = (struct order_task){.want = row->want};
	if (!row->ask(authorization, &authorization->task)) {
		fail_memory(&err);
		authorization_stop(authorization, &err);
		return NULL;
	}
	authorization->out = true;
	return &authorization->task;
}

static void leave(struct authorization *authorization)
{
	if (authorization->presented)
		return authorization_go(authorization, STEP_WITHDRAW);
	if (!authorization->is_left_open)
		return authorization_go(authorization, STEP_END);
	authorization->is_left_open = false;
	authorization_go(authorization, STEP_DEACTIVATE);
}

void authorization_done(
	struct authorization *authorization, const struct result *result)
{
	const struct authorization_step_row *row =
		authorization_step_row(authorization);

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
	authorization_go(authorization,
		authorization->answered ? STEP_LOOK : STEP_ANSWER);
}

void authorization_abort(struct authorization *authorization, bool is_for_good)
{
	if (authorization->aborted)
		return;
	authorization->aborted = true;
	if (!is_for_good)
		authorization->is_left_open = false;
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
	return authorization->out || authorization->presented ||
		authorization->step == STEP_DEACTIVATE;
}

const struct challenge *authorization_challenge(
	const struct authorization *authorization)
{
	return authorization->challenge.token ? &authorization->challenge
					      : NULL;
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
