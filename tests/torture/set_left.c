/* SPDX-License-Identifier: MIT */
#include "set_left.h"

#include "tree.h"

#include <string.h>

static const char *const FOLDERS[] = {
	"acmed/state", "acmed/run", "acmed/run-sockets", "out"};
#define FOLDER_COUNT (sizeof(FOLDERS) / sizeof(*FOLDERS))

static struct text undisturbed[8][FOLDER_COUNT]; /* at each goal's end */

/* What the next start of all writes: it may be stopped before it has. */
static bool is_learned_next(const char *changes)
{
	return streq(changes, " -/state/clock") ||
		streq(changes, " -/state/starts") ||
		streq(changes, " -/state/clock -/state/starts");
}

static void compare(struct text *expected, const char *folder,
	struct text *files, struct text *why)
{
	struct text changes = {0};

	tree_compare(expected->data ? expected->data : "",
		files->data ? files->data : "", &changes);
	if (changes.data && !is_learned_next(changes.data))
		text_addf(why, "other files are left in %s: %.400s; ", folder,
			changes.data);
	text_clear(&changes);
}

/* The hand takes back what it has published, whoever else has died. One that
 * it did not live to take back, or to write to the end (its name has a dot
 * before it), stays for the sweep, which comes after a day. */
static void count_tokens(
	struct set *set, const struct set_case *trial, struct text *why)
{
	const unsigned most = streq(trial->target, "hand") ? 1 : 0;
	struct text files = {0};
	unsigned tokens = 0, drafts = 0;

	tree_list(set_path(set, SET_TOKENS), &files);
	for (const char *at = files.data; at && *at;
		at += strcspn(at, "\n") + 1)
		if (text_starts_with(at, "/."))
			drafts++;
		else
			tokens++;
	if (tokens > most || drafts > most)
		text_addf(why, "%u tokens and %u drafts are left; ", tokens,
			drafts);
	text_clear(&files);
}

void set_left_compare(
	struct set *set, const struct set_case *trial, struct text *why)
{
	static bool is_known[8];
	const size_t goal = (size_t)(trial->goal - SET_GOALS);

	for (size_t i = 0; i < FOLDER_COUNT; i++) {
		struct text files = {0};
		tree_list(set_path(set, FOLDERS[i]), &files);
		if (!is_known[goal]) {
			undisturbed[goal][i] = files;
			continue;
		}
		compare(&undisturbed[goal][i], FOLDERS[i], &files, why);
		text_clear(&files);
	}
	is_known[goal] = true;
	count_tokens(set, trial, why);
}
