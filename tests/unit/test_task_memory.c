/* SPDX-License-Identifier: MIT */
#include "task.h"

#include "suite.h"
#include "task_run.h"
#include "text.h"
#include "wipe.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * What an export leaves behind: no piece of the key in memory that is free
 * again. Memory is read like a file, as a tool that watches over it would not
 * let us touch what is free.
 */

#define LINE 64 /* of a PEM file */
#define CHUNK 65536
#define REGION_MAX (1L << 30) /* larger ones belong to such a tool */
#define PLACES_MAX 64

struct places {
	long at[PLACES_MAX];
	size_t count;
};

static struct task_run run;
static const char *line; /* of the key, borrowed */

static void set_up(void)
{
	task_open(&run);
	line = strchr(strchr(run.key_pem, '\n') + 1, '\n') + 1;
}

static void tear_down(void)
{
	task_close(&run);
}

static void note(struct places *places, long at)
{
	ck_assert_uint_lt(places->count, PLACES_MAX);
	places->at[places->count++] = at;
}

static void find_in(struct places *places, int memory, long start, long end)
{
	static char bytes[CHUNK + LINE - 1];

	for (; start < end; start += CHUNK) {
		ssize_t got = pread(memory, bytes, sizeof(bytes), start);
		const char *until = bytes + (got > 0 ? got : 0);
		const char *at = bytes;
		while ((at = memmem(at, (size_t)(until - at), line, LINE)))
			note(places, start + (at++ - bytes));
		memset(bytes, 0, sizeof(bytes));
	}
}

static struct places find_line(void)
{
	struct places places = {0};
	FILE *maps = fopen("/proc/self/maps", "re");
	int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	char text[512];
	char rights[8];
	long start;
	long end;

	ck_assert(maps && memory >= 0);
	while (fgets(text, sizeof(text), maps))
		if (sscanf(text, "%lx-%lx %7s", &start, &end, rights) == 3 &&
			text_starts_with(rights, "rw") &&
			end - start < REGION_MAX)
			find_in(&places, memory, start, end);
	fclose(maps);
	close(memory);
	return places;
}

static bool has(const struct places *places, long at)
{
	for (size_t i = 0; i < places->count; i++)
		if (places->at[i] == at)
			return true;
	return false;
}

static const char *const EXPORTS[] = {"/tls.pem\nFormat=combined\n",
	"\nFormat=pem\n", "/tls.p12\nFormat=pkcs12\n"};

START_TEST(an_export_leaves_nothing_of_the_key_behind)
{
	task_configure("[Export a]\nPath=%s/out%s", run.folder, EXPORTS[_i]);
	const struct places before = find_line();
	ck_assert_uint_gt(before.count, 0); /* ours is found */
	ck_assert_msg(task_ask(&run, "export"), "%s", run.err.text);
	const struct places after = find_line();
	for (size_t i = 0; i < after.count; i++)
		ck_assert(has(&before, after.at[i]));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("task_memory");
	TCase *tests = tcase_create("task_memory");

	wipe_everything(); /* as the program does */
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, an_export_leaves_nothing_of_the_key_behind,
		0, (int)(sizeof(EXPORTS) / sizeof(*EXPORTS)));
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
