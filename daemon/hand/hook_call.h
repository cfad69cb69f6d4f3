/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The calling conventions: how a program is told what to publish. Only hook.c
 * includes this.
 */

#include "hook.h"

struct hook_call {
	struct strings words; /* empty: nothing is to be run */
	struct strings environment; /* "NAME=value" */
	char *input; /* owned; NULL: none */
	bool has_reply; /* one line of JSON is expected */
};

/* Fills in a zeroed call whose environment has what the administrator set. */
bool hook_call_make(struct hook_call *call, const struct hook *hook,
	bool is_present, struct error *err);
void hook_call_clear(struct hook_call *call);
