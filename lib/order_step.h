/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The inside of an order: its state, and the steps that change it. Only
 * order.c, which drives them, order_step.c and order_issue.c know it.
 */

#include "authorization_set.h"
#include "order_document.h"
#include "order_plan.h"
#include "watch.h"

enum order_step {
	STEP_RESUME,
	STEP_ABANDON,
	STEP_CREATE,
	STEP_SAVE,
	STEP_AUTHORIZE,
	STEP_KEY,
	STEP_FINALIZE,
	STEP_PAUSE,
	STEP_LOOK,
	STEP_DOWNLOAD,
	STEP_ALTERNATE,
	STEP_ISSUED,
	STEP_FAILED,
};

struct order {
	struct order_plan_copy copy;
	enum order_step step;
	enum order_state state;
	int64_t now;
	int64_t deadline; /* of the step that waits for the CA; 0: none */
	char *url; /* owned */
	struct order_document document; /* as the CA told it last */
	struct authorization_set authorizations;
	bool resumed; /* the order is of an earlier attempt */
	bool answered; /* the CA was told to validate */
	bool authorized; /* all were valid in this attempt */
	bool resumable;
	unsigned finalized; /* times */
	struct watch watch;
	char *csr; /* owned */
	char *chain; /* owned */
	size_t chain_length;
	char *alternates[REPLY_ALTERNATES]; /* owned */
	size_t alternate_count;
	size_t alternate; /* the next to look at */
	struct request request;
	struct order_task task; /* of the step */
	bool out; /* it is being done */
	unsigned last_id;
	struct error error;
};

/* A row of the table. A step with `join` has no task of its own: the
 * authorizations have, and it looks whether they are through. */
struct order_step_row {
	enum order_want want;
	bool (*ask)(struct order *order, struct order_task *task);
	void (*read)(struct order *order, const struct result *result);
	void (*join)(struct order *order);
};

/* The row of the step that the order is at. */
const struct order_step_row *order_step_row(const struct order *order);

/* The one writer of the step. */
void order_go(struct order *order, enum order_step step);

/* Ends it, and has withdrawn what was presented. */
void order_end(
	struct order *order, enum order_state state, enum order_step step);

/* Tells the owner of a wish that is not granted. */
void order_warn(struct order *order, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Failures: the order is of no more use; it is as good as before, and a later
 * attempt goes on; the kind of the error tells which. */
void order_give_up(struct order *order, const struct error *err);
void order_interrupt(struct order *order, const struct error *err);
void order_stop(struct order *order, const struct error *err);

/* For the steps: false without memory. The last takes the reference. */
bool order_ask_post(struct order *order, struct order_task *task,
	const char *url, const char *payload);
bool order_ask_json(struct order *order, struct order_task *task,
	const char *url, json_t *payload);

/* Leaves it to its fate; the next one is made. */
void order_abandon(struct order *order);

/* The order in a reply becomes order->document. */
bool order_read_document(
	struct order *order, const struct result *result, struct error *err);

/* The server's status is the state (RFC 8555 section 7.1.6): what we do of
 * the document. */
void order_follow(struct order *order, double retry_after);
