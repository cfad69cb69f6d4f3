/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The inside of an order: its state, and the steps that change it. Only
 * order.c, which drives them, and order_step.c know it.
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

/* Ends in failure; what the CA has of the order is still good. */
void order_interrupt(struct order *order, const struct error *err);
