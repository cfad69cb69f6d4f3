/* SPDX-License-Identifier: MIT */
#include "set_ending.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define UNTIL_TOLD 40 /* seconds */
#define LAST 1000 /* bytes of the log, in which it says why it ends */

/* What it says. */

/* A file of the configuration that cannot be read is told with the state. */
static bool is_waiting(const struct set *set)
{
	return strstr(set_says(set, "state"), "waits for ") != NULL;
}

static bool is_told(struct set *set, const struct set_goal *goal)
{
	time_t end = time(NULL) + UNTIL_TOLD;

	while (set_is_there(set) && time(NULL) <= end) {
		if (set_tells(set) ||
			(set_look(set) &&
				(is_waiting(set) || goal->is_reached(set))))
			return true;
		set_pause();
	}
	return !set_is_there(set);
}

void set_ending_listen(
	struct set *set, const struct set_case *trial, struct text *why)
{
	if (!set->trace->acted || set->is_refused || is_told(set, trial->goal))
		return;
	text_addf(why, "it does not say what it cannot: %s; ",
		set_says(set, "state"));
}

/* What it may not survive. */

static bool is_scarce(const struct fault *fault)
{
	return fault->error == EMFILE || fault->error == ENFILE ||
		fault->error == ENOMEM;
}

/*
 * By design all of acmed ends with its loop, its vault or the parent, for
 * whoever started it to start it again (tests/integration/crash.test): when
 * one of them is killed, when one of them gets no memory or no descriptor,
 * for which libraries know no other end, and when it cannot start.
 */
static bool may_be_gone(const struct set *set, const struct set_case *trial)
{
	if (set_case_is_helper(trial))
		return false;
	if (!set_case_is_broken(trial))
		return trial->wish == TRACE_KILL;
	return is_scarce(trial->fault) || !set->has_answered;
}

void set_ending_look_alive(
	struct set *set, const struct set_case *trial, struct text *why)
{
	if (set_is_there(set))
		return;
	set->ended++;
	if (!may_be_gone(set, trial))
		text_addf(why, "it did not go on, but ended with %d; ",
			set->status);
}

/* How it ends. */

/* Before main(), where nothing of ours has run: ld.so stumbles without memory
 * for what it is about to load. */
static bool is_loading(const struct set_case *trial)
{
	return streq(trial->target, "parent") && trial->goal->has_start &&
		trial->at <= TRACE_LOADING && trial->fault->error == ENOMEM;
}

static bool may_end(const struct set *set, const struct set_case *trial)
{
	if (!set_case_is_broken(trial) || set->status < 128)
		return true;
	if (set->status == 128 + SIGSEGV && is_loading(trial))
		return true;
	/* libev has no other end for want of a descriptor. */
	bool is_short =
		trial->fault->error == EMFILE || trial->fault->error == ENFILE;
	return is_short && set->status == 128 + SIGABRT;
}

/* Whose disk takes nothing more cannot write a log there either. */
static bool is_mute(const struct set_case *trial)
{
	return set_case_is_broken(trial) && trial->goes_on &&
		!streq(trial->target, "vault") &&
		fault_hits(trial->fault, CALL_WRITE);
}

/* The other lines say how far it has come. */
static bool says_why(const struct set *set)
{
	static const char *const WORDS[] = {
		"\nacmed: ", "cannot ", " has gone away\n", " did not answer "};
	char last[LAST + 2] = "\n";
	FILE *log = fopen(set_path(set, "acmed.log.traced"), "re");

	if (!log)
		return false;
	if (fseek(log, -LAST, SEEK_END) != 0)
		rewind(log);
	size_t length = fread(last + 1, 1, LAST, log);
	fclose(log);
	last[length + 1] = '\0';
	for (size_t i = 0; i < sizeof(WORDS) / sizeof(*WORDS); i++)
		if (strstr(last, WORDS[i]))
			return true;
	return false;
}

void set_ending_look(
	const struct set *set, const struct set_case *trial, struct text *why)
{
	if (!may_end(set, trial))
		text_addf(why, "it ended with %d; ", set->status);
	if (set->status > 0 && set->status < 128 && !is_mute(trial) &&
		!says_why(set))
		text_addf(why, "it ended with %d and does not say why; ",
			set->status);
}
