/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The verbs of acmectl: one function each, which returns the status to exit
 * with.
 */

#include <stdbool.h>
#include <stdint.h>

enum {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USE = 2,
	EXIT_NO_DAEMON = 3,
	EXIT_CANNOT_TELL = 3, /* check */
};

/* What the command line said; strings are borrowed from it. */
struct arguments {
	const char *verb;
	const char **names; /* operands; NULL behind the last */
	int count;
	bool is_json;
	bool is_all;
	bool is_dry;
	bool is_failing;
	bool is_forced;
	bool ignores_limits;
	bool is_now;
	bool is_purge;
	bool is_revoke;
	bool is_served;
	bool is_telling;
	bool is_waiting;
	bool is_yes;
	const char *reason;
	const char *solver;
	const char *until;
	int64_t warning; /* seconds, 0: not given */
	int64_t critical; /* seconds, 0: not given */
};

int verb_status(const struct arguments *arguments);
int verb_check(const struct arguments *arguments);
int verb_history(const struct arguments *arguments);
int verb_add(const struct arguments *arguments);
/* The file in certs.d; free() it. */
char *certificate_path(const char *name);
int verb_remove(const struct arguments *arguments);
int verb_renew(const struct arguments *arguments);
int verb_rollback(const struct arguments *arguments);
int verb_revoke(const struct arguments *arguments);
/* The revocation of a removed certificate, in two parts: what there is to
 * revoke and root's permit for it, then the rest. */
int revoke_prepare(const struct arguments *arguments, const char *name);
int revoke_at_once(const struct arguments *arguments, const char *name);
int verb_hold(const struct arguments *arguments);
int verb_unhold(const struct arguments *arguments);
int verb_reload(const struct arguments *arguments);
/* The rescan behind a change of ours: mistakes of other files are shown, and
 * are no failure. */
int reload_after(const struct arguments *arguments);
int verb_account(const struct arguments *arguments);
int verb_diagnose(const struct arguments *arguments);
int verb_metrics(const struct arguments *arguments);
int verb_notify_test(const struct arguments *arguments);
int verb_watch(const struct arguments *arguments);
