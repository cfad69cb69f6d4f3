/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One authorization of an order (RFC 8555 section 7.5): fetched, presented,
 * answered and watched, a small step table of its own. Only `order` uses it,
 * which numbers the tasks, joins all authorizations before the answers, and
 * hands the results back.
 */

#include "order.h"

enum authorization_state {
	AUTHORIZATION_RUNNING,
	AUTHORIZATION_PRESENTED, /* waits until all are: see _answer() */
	AUTHORIZATION_VALID,
	AUTHORIZATION_FAILED, /* for good: the order is dead */
	AUTHORIZATION_STOPPED, /* network, Retry-After, solver: may be resumed */
};

struct authorization;

/* The plan is borrowed and outlives it. `url` is copied. */
struct authorization *authorization_new(
	const struct order_plan *plan, const char *url, struct error *err);
void authorization_free(struct authorization *authorization);

/* Will the next task be a request? */
bool authorization_wants_post(const struct authorization *authorization);

/* The one task that it wants now (its id is not set), or NULL: nothing, or
 * one is out. Borrowed until authorization_done(). */
const struct order_task *authorization_next(
	struct authorization *authorization);
void authorization_done(
	struct authorization *authorization, const struct result *result);

/* All are presented: goes on with the answer. */
void authorization_answer(struct authorization *authorization);

/* Ends it; withdraws what it presented. A pause that is out is over. For
 * good: one that the CA still waits for is deactivated (RFC 8555 section
 * 7.5.2); otherwise there are no more requests. */
void authorization_abort(struct authorization *authorization, bool is_for_good);

enum authorization_state authorization_state(
	const struct authorization *authorization);

/* Is anything out, presented, or to be withdrawn? */
bool authorization_is_busy(const struct authorization *authorization);

/* What proves it, once it is known; borrowed. NULL before. */
const struct challenge *authorization_challenge(
	const struct authorization *authorization);

/* The identifier as text, "" before the first reply; borrowed. */
const char *authorization_subject(const struct authorization *authorization);
const struct error *authorization_error(
	const struct authorization *authorization);
