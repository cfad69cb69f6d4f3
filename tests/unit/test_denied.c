/* SPDX-License-Identifier: MIT */
#include "denied.h"

#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY 65534

static char root[] = "/tmp/acmed-denied.XXXXXX";
static struct error err;

static void set_up(void)
{
	strcpy(root + strlen(root) - 6, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root));
	ck_assert_int_eq(chmod(root, 0755), 0);
	ck_assert_int_eq(chdir(root), 0);
	ck_assert_int_eq(mkdir("a", 0755), 0);
	ck_assert_int_eq(mkdir("a/b", 0755), 0);
	ck_assert_int_eq(mkdir("a/b/c", 0755), 0);
}

static void tear_down(void)
{
	cleanup(string) char *command =
		text_format("chmod -R u+rwx '%s'; rm -rf '%s'", root, root);

	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(system(command), 0);
}

/* As somebody whom modes keep out. */
static void explain(int number, const char *path, int access)
{
	cleanup(string) char *whole = text_format("%s/%s", root, path);
	bool is_root = geteuid() == 0;

	fail_errno(&err, number, "cannot open '%s'", whole);
	if (is_root)
		ck_assert_int_eq(seteuid(NOBODY), 0);
	denied_explain(&err, number, whole, access);
	if (is_root)
		ck_assert_int_eq(seteuid(0), 0);
}

static void expect(const char *path, unsigned mode)
{
	cleanup(string) char *words =
		text_format("'%s/%s' (mode %04o, owner %u) keeps uid %u out",
			root, path, mode, (unsigned)geteuid(),
			geteuid() ? (unsigned)geteuid() : NOBODY);

	ck_assert_msg(strstr(err.text, words) != NULL, "%s", err.text);
	ck_assert_str_eq(err.code, "L4");
}

START_TEST(the_folder_that_keeps_out_is_named)
{
	static const char *const FOLDERS[] = {"a", "a/b", "a/b/c"};

	ck_assert_int_eq(chmod(FOLDERS[_i], 0), 0);
	explain(EACCES, "a/b/c/file.pem", R_OK);
	expect(FOLDERS[_i], 0);
}
END_TEST

START_TEST(what_may_be_entered_may_still_not_be_written)
{
	ck_assert_int_eq(chmod("a/b/c", 0555), 0);
	explain(EACCES, "a/b/c", W_OK);
	expect("a/b/c", 0555);
}
END_TEST

START_TEST(where_no_mode_denies_there_are_other_walls)
{
	explain(EACCES, "a/b/c", R_OK);
	ck_assert_msg(strstr(err.text, "SELinux") != NULL, "%s", err.text);
}
END_TEST

START_TEST(other_failures_are_left_alone)
{
	explain(ENOSPC, "a/b/c", R_OK);
	ck_assert(text_ends_with(err.text, "No space left on device"));
	denied_explain(NULL, EACCES, "/", R_OK);
	fail_cause(&err, ERROR_LOCAL, "", "cannot");
	denied_explain(&err, EACCES, "no/path", R_OK);
	ck_assert_str_eq(err.text, "cannot");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("denied");
	TCase *tests = tcase_create("denied");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, the_folder_that_keeps_out_is_named, 0, 3);
	tcase_add_test(tests, what_may_be_entered_may_still_not_be_written);
	tcase_add_test(tests, where_no_mode_denies_there_are_other_walls);
	tcase_add_test(tests, other_failures_are_left_alone);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
