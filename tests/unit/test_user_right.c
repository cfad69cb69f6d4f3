/* SPDX-License-Identifier: MIT */
#include "user_right.h"

#include "suite.h"

#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[32];
static struct passwd owner, member, other;

static void set_up(void)
{
	strcpy(path, "/tmp/acmed-unit-XXXXXX");
	close(mkstemp(path));
	owner = (struct passwd){.pw_uid = getuid(), .pw_gid = getgid() + 1};
	member = (struct passwd){.pw_uid = getuid() + 1, .pw_gid = getgid()};
	other = (struct passwd){.pw_uid = getuid() + 1, .pw_gid = getgid() + 1};
}

static void tear_down(void)
{
	unlink(path);
}

static bool may(const struct passwd *user, mode_t mode, int access)
{
	ck_assert_int_eq(chmod(path, mode), 0);
	return user_may(user, path, access);
}

START_TEST(each_has_the_bits_of_its_own)
{
	ck_assert(may(&owner, 0400, R_OK));
	ck_assert(!may(&owner, 0077, R_OK));
	ck_assert(may(&member, 0040, R_OK));
	ck_assert(!may(&member, 0707, R_OK));
	ck_assert(may(&other, 0004, R_OK));
	ck_assert(!may(&other, 0770, R_OK));
}
END_TEST

START_TEST(all_that_is_wanted_has_to_be_there)
{
	ck_assert(may(&other, 0005, R_OK | X_OK));
	ck_assert(!may(&other, 0004, R_OK | X_OK));
	ck_assert(!may(&other, 0001, R_OK | X_OK));
	ck_assert(may(&owner, 0200, W_OK));
	ck_assert(!may(&owner, 0500, W_OK));
}
END_TEST

START_TEST(nothing_is_held_against_what_cannot_be_seen)
{
	ck_assert(may(NULL, 0, R_OK));
	ck_assert(user_may(&other, "/nonexistent", R_OK));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("user_right");
	TCase *tests = tcase_create("user_right");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, each_has_the_bits_of_its_own);
	tcase_add_test(tests, all_that_is_wanted_has_to_be_there);
	tcase_add_test(tests, nothing_is_held_against_what_cannot_be_seen);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
