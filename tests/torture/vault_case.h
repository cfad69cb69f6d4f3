/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One case: a goal, and what happens to the vault on the way to it. Then the
 * invariants are looked at, and that the same vault heals, or the next one,
 * comes to the same end.
 */

#include "text.h"
#include "vault_goals.h"

struct stage_copy {
	char account[64];
	unsigned accounts;
	struct before before;
};

/* What a worker has: folders and a tracer of its own. */
struct bench {
	char folder[40];
	struct play play;
	struct trace *trace;
	struct stage_copy stages[STAGE_COUNT];
	struct text undisturbed[GOALS_MAX]; /* the files at each goal's end */
	bool is_listing; /* makes those */
};

struct trial {
	const struct goal *goal;
	enum trace_wish wish;
	unsigned at;
	const struct fault *fault; /* of TRACE_FAIL */
	bool goes_on;
};

/* Makes the stages, and what each goal comes to. Ends the program when even
 * that fails. */
void bench_open(struct bench *bench);
void bench_close(struct bench *bench);

/* True when all holds; else `why` says what did not. A case whose point is
 * not there (the tracer did not act) is true. */
bool trial_run(
	struct bench *bench, const struct trial *trial, struct text *why);
