/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The inside of an authorization: its state, and the steps that change it.
 * Only authorization.c, which drives them, authorization_step.c and
 * authorization_watch.c know it.
 */

#include "authorization.h"
#include "watch.h"

enum authorization_step {
	STEP_FETCH,
	STEP_PRESENT,
	STEP_PRESENTED,
	STEP_ANSWER,
	STEP_PAUSE,
	STEP_LOOK,
	STEP_VALID,
	STEP_FAILED,
	STEP_WITHDRAW,
	STEP_DEACTIVATE,
	STEP_END,
};

struct authorization {
	const struct order_plan *plan; /* borrowed */
	char *url; /* owned */
	char subject[256];
	enum authorization_step step;
	enum authorization_state state;
	bool out; /* the task of the step is being done */
	bool presented;
	bool aborted;
	unsigned answers; /* by this run */
	bool is_left_open; /* the CA waits for an answer to it */
	bool answered; /* by an earlier run, and the CA is at it */
	bool sees_fetches;
	bool pause_ends_on_fetch;
	struct watch watch;
	struct challenge challenge;
	struct request request;
	struct order_task task;
	struct error refusal; /* of the answer: the next look decides */
	struct error error; /* why it ended, or what is wrong so far */
};

/* A row of the table. The steps without a task are rests: until _answer(), or
 * until _abort(). */
struct authorization_step_row {
	enum order_want want;
	bool (*ask)(
		struct authorization *authorization, struct order_task *task);
	void (*read)(struct authorization *authorization,
		const struct result *result);
};

/* The row of the step that the authorization is at. */
const struct authorization_step_row *authorization_step_row(
	const struct authorization *authorization);

/* The one writer of the step. */
void authorization_go(
	struct authorization *authorization, enum authorization_step step);

/* Ends it; the authorization at the CA is as good as before. */
void authorization_stop(
	struct authorization *authorization, const struct error *err);

/* Ends it: valid; dead by what the CA says of it; or by the kind of err, of no
 * more use or as good as before. */
void authorization_succeed(struct authorization *authorization);
void authorization_give_up_dead(
	struct authorization *authorization, const json_t *object);
void authorization_end_by_kind(
	struct authorization *authorization, const struct error *err);

/* For the steps. The authorization in a result: a new reference, or NULL with
 * err. */
json_t *authorization_object(const struct result *result, struct error *err);
bool authorization_ask_post(struct authorization *authorization,
	struct order_task *task, const char *url, const char *payload);
