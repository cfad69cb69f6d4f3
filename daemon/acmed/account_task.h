/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a human asks of the account at one CA: how it is, another key, its
 * end. It never makes an account.
 *
 * Callbacks come from the loop, never from inside a call of this header.
 */

#include "ca.h"

struct account_task;

enum account_action {
	ACCOUNT_SHOW, /* from what the vault knows */
	ACCOUNT_CHECK, /* the same, and the CA is asked */
	ACCOUNT_ROLL, /* waits until no order is under way */
	ACCOUNT_DEACTIVATE, /* likewise */
};

struct account_task_wish {
	enum account_action action;
	struct ca *ca; /* one more user for the time of the task */
	struct helper *vault; /* borrowed, as is the next */
	struct events *events;
	/* Once. Facts are the vault's reply to `account` with "status": what
	 * the CA says, "unknown" when it does not know it, "none" without an
	 * account, null when it was not asked, and "issuers", its names in
	 * CAA records; borrowed. NULL when the vault
	 * did not answer; err may come with facts. */
	void (*on_end)(
		void *data, const json_t *facts, const struct error *err);
	void *data;
};

/* Never NULL; gone after on_end. */
struct account_task *account_task_start(const struct account_task_wish *wish);
void account_task_cancel(struct account_task *task);
