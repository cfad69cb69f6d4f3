/* SPDX-License-Identifier: MIT */
#include "play.h"

#include "suite.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

/* A sample of the plays of tests/stateful, and those that are kept because
 * something was found with them. */

#define PLAYS 2
#define STEPS 12
#define SEEDS "tests/fuzz/seeds/stateful"

static uint64_t chance = 8555;

static uint8_t draw(void)
{
	chance = chance * 6364136223846793005U + 1442695040888963407U;
	return (uint8_t)(chance >> 40);
}

START_TEST(whatever_happens_the_invariants_hold)
{
	uint8_t steps[STEPS * STEP_SIZE];

	for (int i = 0; i < PLAYS; i++) {
		for (size_t j = 0; j < sizeof(steps); j++)
			steps[j] = draw();
		play(steps, sizeof(steps));
	}
}
END_TEST

static void play_file(const char *folder, const char *name)
{
	uint8_t steps[STEPS_MAX * STEP_SIZE];
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "re");
	ck_assert_msg(file != NULL, "%s", path);
	size_t length = fread(steps, 1, sizeof(steps), file);
	fclose(file);
	play(steps, length);
}

START_TEST(what_was_found_stays_mended)
{
	const char *top = getenv("TEST_TOP");
	char folder[256];
	int count = 0;

	snprintf(folder, sizeof(folder), "%s/" SEEDS, top ? top : ".");
	DIR *list = opendir(folder);
	ck_assert_msg(list != NULL, "%s", folder);
	for (struct dirent *entry; (entry = readdir(list));)
		if (*entry->d_name != '.') {
			play_file(folder, entry->d_name);
			count++;
		}
	closedir(list);
	ck_assert_int_gt(count, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("stateful");
	TCase *tests = tcase_create("stateful");

	suite_add_tcase(suite, tests);
	tcase_set_timeout(tests, 300);
	tcase_add_test(tests, whatever_happens_the_invariants_hold);
	tcase_add_test(tests, what_was_found_stays_mended);
	return suite_run(suite);
}
