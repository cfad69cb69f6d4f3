/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Finding or making the account at a CA (RFC 8555 section 7.3).
 *
 * A small machine of requests, driven like an order: account_next() says
 * what to send, account_done() hands the reply in, until the state is known.
 * A known URL is tried first (POST-as-GET); a CA that has forgotten it is
 * asked once by key (onlyReturnExisting), and then an account is made. A key
 * that is to be bound is always looked up first: its binding works only once,
 * and the reply to the creation may have been lost.
 */

#include "directory.h"

enum account_goal {
	ACCOUNT_OPEN, /* find it, or make it */
	ACCOUNT_LOOK_UP, /* never make one */
	ACCOUNT_CLOSE, /* deactivate it (RFC 8555 section 7.3.6), for good */
};

struct account_wish {
	enum account_goal goal;
	const char *url; /* borrowed, of an earlier run, or NULL */
	const char *const *contacts; /* borrowed "mailto:..." URLs */
	size_t contact_count;
	bool updates_contacts; /* they differ from what the CA was told */
	bool agree_to_terms;
	bool binds; /* there is an external account binding */
};

enum account_state {
	ACCOUNT_RUNNING,
	ACCOUNT_READY, /* or closed, when that was the goal */
	ACCOUNT_FAILED,
};

struct account;

/* Copies the wish. `directory` is borrowed and outlives the machine. */
struct account *account_new(const struct directory *directory,
	const struct account_wish *wish, struct error *err);
void account_free(struct account *account);

/* The request to send now, borrowed until account_done(); NULL when there is
 * none. */
const struct request *account_next(struct account *account);

/* Exactly one of reply and err is set. */
void account_done(struct account *account, const struct reply *reply,
	const struct error *err);

enum account_state account_state(const struct account *account);

/* The URL as soon as it is known, or NULL; borrowed. It is to be saved before
 * the next request by the account. Made just now? */
const char *account_url(const struct account *account);
bool account_is_new(const struct account *account);

/* Did the CA say that it took the binding (RFC 8555 section 7.3.4)? */
bool account_is_bound(const struct account *account);

/* The contacts were not to the CA's liking; it goes without them (A6). */
bool account_has_refused_contacts(const struct account *account);

/* Why it failed; borrowed. */
const struct error *account_error(const struct account *account);
