/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * An answer that a program of the administrator publishes and takes back, in
 * the calling convention that Protocol= names (acmed-exec(7)). What it runs
 * and with which secrets stands in the root-owned configuration.
 */

#include "wish.h"

struct hook {
	const struct config_certificate *certificate; /* borrowed */
	const struct config_challenge *settings; /* borrowed */
	struct identifier identifier;
	char *token; /* owned, as all that follow */
	char *answer;
	char *record_name; /* "" without DNS, as the next */
	char *record_value;
	char *said; /* by certbot's AUTH, for its CLEANUP; or NULL */
	const int *leash; /* borrowed, or NULL: as in program.h */
};

/* Copies the checked wish; the record is made from the answer here. NULL with
 * err. */
struct hook *hook_new(const struct config_certificate *certificate,
	const struct config_challenge *settings, const struct wish *wish,
	struct error *err);
void hook_free(struct hook *hook);

/* Runs the program and waits for it, Timeout= at most; to publish also no
 * longer than the leash holds. After *has_run there may be something to
 * withdraw even when it failed. */
bool hook_present(struct hook *hook, bool *has_run, struct error *err);
bool hook_withdraw(struct hook *hook, struct error *err);
