/* SPDX-License-Identifier: MIT */
#include "vault_case.h"

#include "tree.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRIES 3
#define WHILE_BROKEN 2 /* seconds that a reply may take: there may be none */

/* Folders: FOLDER/work is what the vault has, FOLDER/0 to 4 the stages. */

static const char *stage_folder(const struct bench *bench, unsigned stage)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/%u", bench->folder, stage);
	return path;
}

static void put_back(struct bench *bench, const struct goal *goal)
{
	const struct stage_copy *copy = &bench->stages[goal->from];
	struct play *play = &bench->play;

	tree_remove(play->folder);
	tree_copy(stage_folder(bench, goal->from), play->folder);
	memcpy(play->account, copy->account, sizeof(play->account));
	play->accounts = copy->accounts;
	play->orders = 0;
	*play->flaw = *play->text = '\0';
}

/* What must hold at any moment. */

static void look(struct bench *bench, unsigned least)
{
	struct play *play = &bench->play;
	struct text why = {0};
	unsigned count = 0;

	if (!tree_is_served(play_path(play, "state"), &count, &why))
		play_flaw(play, "%s", why.data);
	if (count < least)
		play_flaw(play, "of %u links in live/ there are %u", least,
			count);
	if (play->accounts > 1)
		play_flaw(play, "a second account was made");
	text_clear(&why);
}

/* Both names serve while one becomes the other; a removed one need not. */
static unsigned least_links(const struct goal *goal)
{
	bool is_removed = goal->lineage && streq(goal->lineage, "b.example");

	return goal->from == STAGE_EMPTY || is_removed ? 0 : 1;
}

/* Without memory it ends itself (mem.h), and is started again. */
static bool may_end(const struct trial *trial, int status)
{
	if (status == 0 || trial->wish != TRACE_FAIL)
		return true;
	/* Nor does ld.so do anything without memory. */
	bool is_loading = trial->goal->has_start && trial->at <= TRACE_LOADING;
	if (status == 128 + SIGABRT || (status == 128 + SIGSEGV && is_loading))
		return trial->fault->error == ENOMEM;
	return status < 128 && trial->goal->has_start;
}

/* The disturbed run. */

static void arm(struct bench *bench, const struct trial *trial)
{
	struct trace *trace = bench->trace;

	trace->wish = trial->wish;
	trace->at = trial->at;
	trace->fault = trial->fault;
	trace->goes_on = trial->goes_on;
	trace_arm(trace);
}

static void stop(struct bench *bench, const struct trial *trial)
{
	struct play *play = &bench->play;

	/* Where waiting itself fails it comes to no end before that is over. */
	if (trial->goal->has_stop) {
		arm(bench, trial);
		play_await_end(play);
		trace_disarm(bench->trace);
	}
	int status = play_end(play);
	if (!may_end(trial, status))
		play_flaw(play, "the vault ended with %d", status);
}

/* The fault has gone: does the same vault come to the end? */
static void heal(struct bench *bench, const struct trial *trial)
{
	struct play *play = &bench->play;
	const struct goal *goal = trial->goal;
	struct before *before = &bench->stages[goal->from].before;

	/* A vault that could not start is started again by the loop. */
	if (play->is_gone || trial->wish != TRACE_FAIL || goal->has_start)
		return;
	if (play_configure(play) && goal->reach(play, before))
		return;
	play_flaw(play, "it does not heal: %.400s", play->text);
}

static void disturb(struct bench *bench, const struct trial *trial)
{
	struct play *play = &bench->play;
	const struct goal *goal = trial->goal;
	struct before *before = &bench->stages[goal->from].before;

	trace_disarm(bench->trace);
	play->patience = trial->goes_on ? WHILE_BROKEN : 0;
	if (goal->has_start)
		arm(bench, trial);
	bool goes = play_start(play, true);
	if (goal->prepare)
		goal->prepare(play);
	if (!goal->has_start && !goal->has_stop)
		arm(bench, trial);
	for (int i = 0; goes && i < TRIES && !play->is_gone; i++)
		if (goal->reach(play, before))
			break;
	if (!goal->has_stop) {
		trace_disarm(bench->trace);
		look(bench, least_links(goal));
		heal(bench, trial);
	}
	stop(bench, trial);
	look(bench, least_links(goal));
}

/* The next start. */

static void recover(struct bench *bench, const struct goal *goal)
{
	struct play *play = &bench->play;
	struct before *before = &bench->stages[goal->from].before;

	play->patience = 0;
	if (!play_start(play, false) || !goal->reach(play, before))
		play_flaw(play,
			"the next start does not come to the end: "
			"%.400s",
			play->text);
	int status = play_end(play);
	if (status)
		play_flaw(play, "the next one ended with %d", status);
	look(bench, 1);
}

static void compare(struct bench *bench, const struct goal *goal)
{
	struct text *expected = &bench->undisturbed[goal - GOALS];
	struct play *play = &bench->play;
	struct text files = {0}, changes = {0};

	tree_list(play_path(play, "state"), &files);
	if (bench->is_listing) {
		*expected = files;
		return;
	}
	tree_compare(expected->data, files.data, &changes);
	/* Learned the next time: it only helps against a wrong clock. */
	if (changes.data && !streq(changes.data, " -/state/clock"))
		play_flaw(play, "other files are left: %.400s", changes.data);
	text_clear(&changes);
	text_clear(&files);
}

/* One order more, and none for what is not ordered. */
static void count_orders(struct bench *bench, const struct trial *trial)
{
	struct play *play = &bench->play;
	const struct goal *goal = trial->goal;
	unsigned wanted =
		streq(goal->name, "issue") || streq(goal->name, "renew") ? 2
									 : 0;

	if (trial->wish == TRACE_FAIL && trial->goes_on)
		wanted *= TRIES;
	if (play->orders > wanted)
		play_flaw(play, "%u orders were made", play->orders);
}

bool trial_run(struct bench *bench, const struct trial *trial, struct text *why)
{
	struct play *play = &bench->play;

	put_back(bench, trial->goal);
	disturb(bench, trial);
	recover(bench, trial->goal);
	compare(bench, trial->goal);
	count_orders(bench, trial);
	if (*play->flaw)
		text_add(why, play->flaw);
	return !*play->flaw;
}

/* The bench. */

static void keep_stage(struct bench *bench, unsigned stage)
{
	struct stage_copy *copy = &bench->stages[stage];
	struct play *play = &bench->play;

	memcpy(copy->account, play->account, sizeof(copy->account));
	copy->accounts = play->accounts;
	copy->before.version = play_version(play);
	snprintf(copy->before.serial, sizeof(copy->before.serial), "%s",
		play_serial(play));
	tree_copy(play->folder, stage_folder(bench, stage));
}

_Noreturn static void give_up(const struct play *play, const char *what)
{
	fprintf(stderr, "even undisturbed, '%s' fails: %s %s\n", what,
		play->text, play->flaw);
	exit(2);
}

static void make_stages(struct bench *bench)
{
	struct play *play = &bench->play;

	mkdir(play_path(play, "state"), 0755);
	keep_stage(bench, STAGE_EMPTY);
	if (!play_start(play, false))
		give_up(play, "start");
	for (unsigned stage = 0; stage + 1 < STAGE_COUNT; stage++) {
		if (!goal_next_stage(play, stage))
			give_up(play, "stage");
		keep_stage(bench, stage + 1);
	}
	play_end(play);
}

void bench_open(struct bench *bench)
{
	char folder[64];
	struct text why = {0};

	*bench = (struct bench){.trace = trace_new(), .is_listing = true};
	bench->trace->target = TRACE_ROOT;
	snprintf(bench->folder, sizeof(bench->folder), "%s/torture-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(bench->folder))
		exit(2);
	snprintf(folder, sizeof(folder), "%s/work", bench->folder);
	play_open(&bench->play, bench->trace, folder);
	make_stages(bench);
	for (size_t i = 0; i < GOAL_COUNT; i++) {
		struct trial trial = {.goal = &GOALS[i]};
		if (!trial_run(bench, &trial, &why))
			give_up(&bench->play, GOALS[i].name);
	}
	bench->is_listing = false;
}

void bench_close(struct bench *bench)
{
	play_close(&bench->play);
	tree_remove(bench->folder);
	for (size_t i = 0; i < GOAL_COUNT; i++)
		text_clear(&bench->undisturbed[i]);
}
