/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a CA's published limits still allow, counted by what we did: token
 * buckets, as CAs count themselves. Pure functions of counts and time.
 *
 * What was counted while the clock was more than a week ahead counts for
 * nothing (C2).
 *
 * A key says what within a kind is counted: a registered domain, a set of
 * names, a name; "" for the account.
 */

#include "error.h"

#include <stdint.h>

enum limit_kind {
	LIMIT_ORDERS, /* new orders of the account */
	LIMIT_DOMAIN, /* certificates for a registered domain */
	LIMIT_SET, /* certificates for one set of names */
	LIMIT_FAILURES, /* failed validations of a name */
};

#define LIMIT_KINDS 4
#define LIMIT_KEY_MAX 256

struct limits {
	struct {
		int64_t burst; /* 0: no limit */
		int64_t period; /* seconds in which so many come back */
	} of[LIMIT_KINDS];
};

/* "orders", ... */
const char *limit_name(enum limit_kind kind);
bool limit_find(const char *name, enum limit_kind *kind);

/* Adds "orders:300/3h". The text of err goes on behind the value. */
bool limits_add(struct limits *limits, const char *text, struct error *err);

struct limit_counts; /* of one CA */

struct limit_counts *limit_counts_new(void);
void limit_counts_free(struct limit_counts *counts);

/* Seconds until one more is allowed; 0 for now. What comes back is waited for
 * a thousandth of the period longer: the CA counts a little later. */
int64_t limit_wait(const struct limit_counts *counts,
	const struct limits *limits, enum limit_kind kind, const char *key,
	int64_t now);

/* How many are left now where fewest are; 0 while the CA has none. -1: there
 * is no limit of that kind. */
int64_t limit_left(const struct limit_counts *counts,
	const struct limits *limits, enum limit_kind kind, int64_t now);

/* One was used at that time, or was not after all. */
void limit_spend(struct limit_counts *counts, const struct limits *limits,
	enum limit_kind kind, const char *key, int64_t when);
void limit_refund(struct limit_counts *counts, const struct limits *limits,
	enum limit_kind kind, const char *key);

/* The CA said that there is none until then, whatever was counted; then there
 * is one. */
void limit_correct(struct limit_counts *counts, const struct limits *limits,
	enum limit_kind kind, const char *key, int64_t until);

/* What a rateLimited problem speaks of, by its words (those of Boulder, as
 * all who publish limits use them); false: nothing that is known. The key is
 * "" where the words have none. */
bool limit_of_words(
	const char *words, enum limit_kind *kind, char key[LIMIT_KEY_MAX]);
