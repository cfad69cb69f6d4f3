/* SPDX-License-Identifier: MIT */

/* The harnesses of tests/fuzz over their kept seeds, and over spoilt ones. */

#include "fuzz.h"

#include "mem.h"
#include "suite.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#undef fail

#define SEED_MAX 65536

static void path_of(char out[static 512], const char *harness, const char *seed)
{
	const char *top = getenv("TEST_TOP");

	snprintf(out, 512, "%s/tests/fuzz/seeds/%s/%s", top ? top : ".",
		harness, seed);
}

static uint8_t *read_seed(const char *path, size_t *length)
{
	uint8_t *bytes = mem_new(SEED_MAX);
	FILE *file = fopen(path, "re");

	ck_assert_msg(file != NULL, "%s", path);
	*length = fread(bytes, 1, SEED_MAX, file);
	fclose(file);
	return bytes;
}

/* In memory of exactly that size, which the sanitizers watch. */
static void run(fuzz_harness *harness, const uint8_t *bytes, size_t length)
{
	uint8_t *copy = mem_new(length ? length : 1);

	memcpy(copy, bytes, length);
	harness(copy, length);
	free(copy);
}

/* Whole, cut in the middle, and with one byte turned over. */
static void run_seed(const char *name, const char *seed)
{
	char path[512];
	size_t length;

	path_of(path, name, seed);
	uint8_t *bytes = read_seed(path, &length);
	run(fuzz_find(name), bytes, length);
	run(fuzz_find(name), bytes, length / 2);
	bytes[length / 3] ^= 0x55;
	run(fuzz_find(name), bytes, length);
	free(bytes);
}

START_TEST(every_kept_seed_is_read_by_its_harness)
{
	const char *name = fuzz_name((size_t)_i);
	char path[512];
	int count = 0;

	path_of(path, name, "");
	DIR *folder = opendir(path);
	ck_assert_msg(folder != NULL, "%s", path);
	for (struct dirent *entry; (entry = readdir(folder));)
		if (*entry->d_name != '.') {
			run_seed(name, entry->d_name);
			count++;
		}
	closedir(folder);
	ck_assert_int_gt(count, 0);
}
END_TEST

START_TEST(every_harness_takes_nothing_at_all)
{
	run(fuzz_find(fuzz_name((size_t)_i)), (const uint8_t *)"", 0);
}
END_TEST

START_TEST(an_unknown_harness_is_not_found)
{
	ck_assert_ptr_null(fuzz_find("nothing"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("fuzz");
	TCase *tests = tcase_create("fuzz");
	int count = 0;

	while (fuzz_name((size_t)count))
		count++;
	suite_add_tcase(suite, tests);
	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(
		tests, every_kept_seed_is_read_by_its_harness, 0, count);
	tcase_add_loop_test(
		tests, every_harness_takes_nothing_at_all, 0, count);
	tcase_add_test(tests, an_unknown_harness_is_not_found);
	return suite_run(suite);
}
