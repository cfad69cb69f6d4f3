/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One case of all programs together: what happens to one of them on the way
 * to a goal, and what must hold then.
 */

#include "set_goals.h"

struct set_case {
	const struct set_goal *goal;
	const char *target; /* "loop", "vault", "deploy", "hand", "parent" */
	enum trace_wish wish;
	unsigned at;
	enum call_kind kind; /* of that call, when they were listed */
	const struct fault *fault;
	bool goes_on;
};

static inline bool set_case_is_broken(const struct set_case *trial)
{
	return trial->wish == TRACE_FAIL;
}

/* Of deploy and hand there is one a conversation: acmed goes on without. */
static inline bool set_case_is_helper(const struct set_case *trial)
{
	return streq(trial->target, "deploy") || streq(trial->target, "hand");
}

/* How the disturbed run may end is in set_ending.h. True when all holds; else `why` says what did not. The first one of a goal,
 * undisturbed (TRACE_COUNT), is what the others are compared with. */
bool set_case_run(
	struct set *set, const struct set_case *trial, struct text *why);
