/* SPDX-License-Identifier: MIT */
#include "configuration.h"

#include "mistakes.h"
#include "suite.h"

#include <check.h>
#undef fail /* ours, not the old one of check */

static struct configuration_file files[2];
static struct mistakes mistakes;

static void prepare(void)
{
	files[0] = (struct configuration_file){.path = strdup("/etc/a.conf")};
	files[1] =
		(struct configuration_file){.path = strdup("/etc/a.conf.conf")};
	mistakes = (struct mistakes){0};
}

static void clean(void)
{
	configuration_file_clear(&files[0]);
	configuration_file_clear(&files[1]);
	mistakes_clear(&mistakes);
}

static void hand_out(const char *path)
{
	mistakes_add(&mistakes, path, 3, "no key");
	configuration_hand_out(files, 2, &mistakes);
}

static size_t count(size_t index)
{
	return files[index].mistakes.list.count;
}

START_TEST(each_file_gets_its_own_mistakes)
{
	hand_out("/etc/a.conf.conf");
	ck_assert_uint_eq(count(0), 0);
	ck_assert_uint_eq(count(1), 1);
	hand_out("/etc/a.conf");
	ck_assert_uint_eq(count(0), 1);
}
END_TEST

/* The files are checked together until nothing changes. */
START_TEST(a_mistake_that_is_found_again_is_told_once)
{
	hand_out("/etc/a.conf");
	hand_out("/etc/a.conf");
	ck_assert_uint_eq(mistakes.list.count, 2);
	ck_assert_uint_eq(count(0), 1);
}
END_TEST

START_TEST(the_mistake_of_another_file_is_handed_to_nobody)
{
	hand_out("/etc/b.conf");
	ck_assert_uint_eq(count(0), 0);
	ck_assert_uint_eq(count(1), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("configuration");
	TCase *tests = tcase_create("configuration");

	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, each_file_gets_its_own_mistakes);
	tcase_add_test(tests, a_mistake_that_is_found_again_is_told_once);
	tcase_add_test(tests, the_mistake_of_another_file_is_handed_to_nobody);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
