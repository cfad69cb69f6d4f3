/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The steps of an account in the order of the protocol: each asks for a
 * request and reads the reply to it. Only account.c includes this.
 */

#include "account.h"
#include "request.h"

enum account_step {
	ACCOUNT_STEP_READ,
	ACCOUNT_STEP_FIND,
	ACCOUNT_STEP_CREATE,
	ACCOUNT_STEP_UPDATE,
	ACCOUNT_STEP_CLOSE,
	ACCOUNT_STEP_END,
};

struct account {
	const struct directory *directory; /* borrowed */
	enum account_goal goal;
	char *url; /* owned */
	json_t *contacts; /* owned array */
	bool has_contacts; /* the CA was told them */
	bool agree_to_terms;
	bool binds;
	bool is_bound;
	enum account_step step;
	enum account_state state;
	bool out; /* the request waits for its reply */
	bool is_new;
	bool has_refused_contacts;
	struct request request;
	struct error error;
};

/* The end without an account. */
void account_stop(struct account *account, const struct error *err);

/* Makes the request of the step; false: there is none, or the end has come. */
bool account_step_ask(struct account *account);
void account_step_read(struct account *account, const struct reply *reply);
