/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * All authorizations of an order, side by side: who is next, whose task a
 * number is, and how many have come how far. Zeroed is empty.
 */

#include "authorization.h"

struct authorization_entry {
	struct authorization *authorization; /* owned */
	struct order_task task; /* the one that is out */
	bool out;
};

struct authorization_set {
	struct authorization_entry *entries; /* owned */
	size_t count;
	size_t turn; /* who is asked first: nobody starves */
};

/* Opens one for each URL; the set is empty before. The plan is borrowed. */
bool authorization_set_open(struct authorization_set *set,
	const struct order_plan *plan, char *const *urls, size_t count,
	struct error *err);
void authorization_set_clear(struct authorization_set *set);

/* A task of any of them, numbered `id`, or NULL; no more than
 * ORDER_MAX_IN_FLIGHT requests are out. */
const struct order_task *authorization_set_next(
	struct authorization_set *set, unsigned id);

/* False when no task of this number is out. */
bool authorization_set_done(struct authorization_set *set, unsigned id,
	const struct result *result);

void authorization_set_answer(struct authorization_set *set);
void authorization_set_abort(struct authorization_set *set, bool is_for_good);

size_t authorization_set_count(
	const struct authorization_set *set, enum authorization_state state);
bool authorization_set_is_busy(const struct authorization_set *set);

/* The first error of those in `state`, and how many more there are; one that
 * runs may have one that the CA does not call final. False for none. */
bool authorization_set_error(const struct authorization_set *set,
	enum authorization_state state, struct error *err);
