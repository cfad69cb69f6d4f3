/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Finding or making the account at a CA (RFC 8555 section 7.3).
 *
 * A small machine of requests, driven like an order: account_next() says
 * what to send, account_done() hands the reply in, until the state is known.
 * A known URL is tried first (POST-as-GET); a CA that has forgotten it is
 * asked once by key (onlyReturnExisting), and then an account is made.
 */

#include "directory.h"

struct account_wish {
	const char *url; /* borrowed, of an earlier run, or NULL */
	const char *const *contacts; /* borrowed "mailto:..." URLs */
	size_t contact_count;
	bool agree_to_terms;
};

enum account_state {
	ACCOUNT_RUNNING,
	ACCOUNT_READY,
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

/* The URL once ready; borrowed. Made just now? */
const char *account_url(const struct account *account);
bool account_is_new(const struct account *account);

/* Why it failed; borrowed. */
const struct error *account_error(const struct account *account);
