/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * All cases there are: each call of each goal, each way to end or fail there;
 * or a seeded sample of them.
 */

#include "vault_case.h"

struct trials {
	struct trial *items; /* owned */
	size_t count;
};

struct trial_filter {
	const char *goal; /* NULL: all */
	bool has_kills, has_faults;
	bool is_once; /* no call fails from there on */
	unsigned each_way; /* so many of the calls that come by one; 0: all */
};

/* Runs each goal once to see its calls. */
void trials_make(struct trials *trials, struct bench *bench,
	const struct trial_filter *filter);
/* Leaves `count` of them, chosen by `seed`. */
void trials_sample(struct trials *trials, size_t count, unsigned seed);
void trials_clear(struct trials *trials);
/* "renew 17 EIO on", as the harness takes it with -r. */
void trial_print(const struct trial *trial, struct text *out);
bool trial_parse(const char *text, struct trial *out);
