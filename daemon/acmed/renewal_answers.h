/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The answers of one order that are published, from PRESENT to WITHDRAW, and
 * whether the CA has fetched them.
 *
 * Callbacks come from the loop, never from inside a call of this header.
 */

#include "config.h"
#include "order.h"
#include "solver.h"

struct renewal_answer;

struct renewal_answers {
	struct solvers *solvers; /* borrowed */
	const struct config_certificate *certificate; /* borrowed */
	/* The PRESENT with this id is done. */
	void (*on_done)(void *data, unsigned id, const struct result *result);
	/* The answer with this token was fetched for the first time. */
	void (*on_fetch)(void *data, const char *token);
	void *data;
	struct renewal_answer *first; /* owned */
	struct error forbidden; /* by a CAA record, and nothing is presented any
				   more; or kind NONE */
	struct error cause; /* that those who published know, or kind NONE */
};

/* on_done is called for it once, unless it is withdrawn before; at once when
 * nothing may be presented. */
void renewal_answers_present(
	struct renewal_answers *answers, const struct order_task *task);
void renewal_answers_withdraw(
	struct renewal_answers *answers, const struct challenge *challenge);
void renewal_answers_clear(struct renewal_answers *answers);

/* Puts the cause before what the CA says when it has met nobody, or somebody
 * else. */
void renewal_answers_explain(
	const struct renewal_answers *answers, struct error *err);

/* Maybe before the order waits for it. */
bool renewal_answers_was_fetched(
	const struct renewal_answers *answers, const char *token);
