/* SPDX-License-Identifier: MIT */
#include "set_goals.h"

#include "mem.h"
#include "tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TWO "acmed/state/archive/two.test"
#define PATIENCE 30 /* seconds, undisturbed */

static struct before {
	char serial[128];
	int version;
} due, fresh;

/* Issue and renew: deployed as well. */

static bool is_exported(struct set *set)
{
	return streq(set_says(set, "deploy.step"), "done") &&
		tree_is_same(set_path(set, "out/tls.pem"),
			set_path(set,
				"acmed/state/live/" SET_NAME "/combined.pem"));
}

static bool is_deployed(struct set *set)
{
	return text_starts_with(set_says(set, "state"), "installed") &&
		is_exported(set);
}

static bool is_renewed(struct set *set)
{
	return is_deployed(set) &&
		!streq(set_says(set, "installed.serial"), due.serial);
}

static void try_now(struct set *set)
{
	set_call(set, "Renew", json_pack("{s:s}", "name", SET_NAME));
}

/* Start and stop. */

static bool is_as_before(struct set *set)
{
	return streq(set_says(set, "installed.serial"), fresh.serial);
}

/* Rescan. */

static void rescan(struct set *set)
{
	FILE *file =
		fopen(set_path(set, "acmed/etc/certs.d/two.test.conf"), "we");

	fputs("[Certificate]\nNames=two.test\n", file);
	fclose(file);
	set_call(set, "Reload", json_object());
	set_call(set, "Renew", json_pack("{s:s}", "name", "two.test"));
}

static bool is_rescanned(struct set *set)
{
	return is_as_before(set) &&
		access(set_path(set, TWO "/2/cert.pem"), R_OK) == 0 &&
		access(set_path(set, TWO "/next"), F_OK) != 0;
}

/* Roll back: on hold then, and deployed as well. */

static bool is_back(const struct set *set)
{
	return set_version(set) > 0 && set_version(set) < fresh.version;
}

static void roll_back(struct set *set)
{
	time_t end = time(NULL) + 2;

	/* It is refused while something is done about the certificate. */
	while (!is_back(set)) {
		if (set_call(set, "Rollback",
			    json_pack("{s:s}", "name", SET_NAME)) ||
			!set_is_there(set) || time(NULL) > end)
			return;
		set_pause();
	}
	set_call(set, "Unhold", json_pack("{s:s}", "name", SET_NAME));
	try_now(set);
}

static bool is_older(struct set *set)
{
	return is_back(set) && is_exported(set);
}

/* Revoke: as root, who gives the vault a permit; then it is replaced. */

static bool has_mark(struct set *set)
{
	cleanup(string) char *mark =
		text_format("acmed/state/archive/" SET_NAME "/%d/revoked.json",
			fresh.version);

	return access(set_path(set, mark), F_OK) == 0;
}

static void ask_revoke(struct set *set)
{
	if (has_mark(set))
		try_now(set);
	else if (system("timeout 60 \"$ACMECTL\" revoke " SET_NAME
			" --now --yes >/dev/null 2>&1") != 0)
		snprintf(set->text, sizeof(set->text), "acmectl has failed");
}

static bool is_revoked(struct set *set)
{
	return has_mark(set) && is_deployed(set) &&
		set_version(set) > fresh.version;
}

const struct set_goal SET_GOALS[] = {
	{"issue", "empty", try_now, is_deployed, true, false, 1},
	{"renew", "due", try_now, is_renewed, true, false, 1},
	{"start", "fresh", NULL, is_as_before, true, false, 0},
	{"rescan", "fresh", rescan, is_rescanned, false, false, 1},
	{"roll back", "fresh", roll_back, is_older, false, false, 0},
	{"revoke", "fresh", ask_revoke, is_revoked, false, false, 1},
	{"stop", "fresh", NULL, is_as_before, false, true, 0},
};
const size_t SET_GOAL_COUNT = sizeof(SET_GOALS) / sizeof(*SET_GOALS);

/* Waiting. */

bool set_wait_ready(struct set *set, unsigned seconds)
{
	time_t end = time(NULL) + (time_t)seconds;

	while (set_is_there(set) && time(NULL) <= end) {
		if (set_look(set))
			return true;
		set_pause();
	}
	return false;
}

bool set_reach(struct set *set, const struct set_goal *goal, unsigned seconds)
{
	time_t end = time(NULL) + (time_t)seconds;

	while (set_is_there(set) && time(NULL) <= end) {
		if (set_look(set) && goal->is_reached(set))
			return true;
		set_pause();
	}
	return false;
}

static bool has_failed(const struct set *set)
{
	return set->trace->acted &&
		(*set_says(set, "error.text") ||
			*set_says(set, "deploy.error.text"));
}

bool set_settle(struct set *set, const struct set_goal *goal, unsigned seconds)
{
	time_t end = time(NULL) + (time_t)seconds;

	while (set_is_there(set) && time(NULL) <= end) {
		if (set_look(set) && (goal->is_reached(set) || has_failed(set)))
			return true;
		set_pause();
	}
	return false;
}

/* What is kept. */

_Noreturn static void give_up(struct set *set, const char *what)
{
	fprintf(stderr, "even undisturbed, '%s' fails: %s\n", what, set->text);
	set_stop(set);
	exit(2);
}

static void note(const struct set *set, struct before *before)
{
	snprintf(before->serial, sizeof(before->serial), "%s",
		set_says(set, "installed.serial"));
	before->version = set_version(set);
}

static void issue(struct set *set, struct before *before)
{
	set_start(set, false);
	if (!set_reach(set, &SET_GOALS[0], PATIENCE))
		give_up(set, "issue");
	note(set, before);
}

/* Without its state it is due by its dates alone. */
static void make_due(struct set *set)
{
	set_tell_ca("set backdate=70d ari=false\n");
	issue(set, &due);
	set_stop(set);
	tree_remove(set_path(set, "acmed/state/state/" SET_NAME ".json"));
	set_keep(set, "due");
	set_tell_ca("set backdate=1h\n");
}

void set_make_kept(struct set *set)
{
	struct before kept;

	set_keep(set, "empty");
	make_due(set);
	kept = due;
	set_put_back(set, "empty");
	issue(set, &due);
	set_call(set, "Renew",
		json_pack("{s:s, s:b}", "name", SET_NAME, "force", true));
	if (!set_reach(set, &SET_GOALS[1], PATIENCE))
		give_up(set, "renew");
	note(set, &fresh);
	due = kept;
	set_stop(set);
	set_keep(set, "fresh");
}
