/* SPDX-License-Identifier: MIT */
#include "token_file.h"

#include "suite.h"
#include "text.h"

#include <check.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PLACE TOKEN_FOLDER "/token"

static char root[] = "/tmp/acmed-token.XXXXXX";
static int folder;
static ino_t inode;
static struct error err;

static void set_up(void)
{
	strcpy(root + strlen(root) - 6, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root));
	ck_assert_int_eq(chdir(root), 0);
	umask(0077); /* has no say */
}

static void tear_down(void)
{
	char command[128];

	ck_assert_int_eq(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	ck_assert_int_eq(system(command), 0);
}

static mode_t mode_of(const char *path)
{
	struct stat status;

	ck_assert_int_eq(lstat(path, &status), 0);
	return status.st_mode & 07777;
}

START_TEST(a_token_is_written_whole_and_readable_for_all)
{
	char text[64] = "";

	folder = token_folder_open(root, false, &err);
	ck_assert_int_ge(folder, 0);
	ck_assert(token_file_write(
		folder, root, "token", "token.x", &inode, &err));
	ck_assert_uint_eq(mode_of(PLACE), 0644);
	ck_assert_uint_eq(mode_of(TOKEN_FOLDER), 0755);
	ck_assert_uint_eq(mode_of(".well-known"), 0755);
	int file = open(PLACE, O_RDONLY);
	ck_assert_int_eq(read(file, text, sizeof(text)), 7);
	ck_assert_str_eq(text, "token.x");
	close(file);
	ck_assert_int_ne(access(TOKEN_FOLDER "/.token", F_OK), 0);
	ck_assert(token_file_remove(folder, "token", inode, &err));
	ck_assert_int_ne(access(PLACE, F_OK), 0);
	ck_assert(token_file_remove(folder, "token", inode, &err));
	close(folder);
}
END_TEST

START_TEST(what_a_killed_one_left_is_replaced)
{
	folder = token_folder_open(root, false, &err);
	close(open(PLACE, O_CREAT | O_WRONLY, 0600));
	close(open(TOKEN_FOLDER "/.token", O_CREAT | O_WRONLY, 0600));
	ck_assert(token_file_write(
		folder, root, "token", "token.x", &inode, &err));
	ck_assert_uint_eq(mode_of(PLACE), 0644);
	close(folder);
}
END_TEST

static void write_old(const char *name, const char *text, time_t when)
{
	const struct timespec times[2] = {{.tv_sec = when}, {.tv_sec = when}};
	int file = openat(folder, name, O_CREAT | O_WRONLY, 0644);

	ck_assert_int_eq(
		write(file, text, strlen(text)), (ssize_t)strlen(text));
	ck_assert_int_eq(futimens(file, times), 0);
	close(file);
}

static bool is_there(const char *name)
{
	return faccessat(folder, name, F_OK, 0) == 0;
}

START_TEST(what_was_left_long_ago_is_swept)
{
	folder = token_folder_open(root, false, &err);
	write_old("old", "old.x", 1000);
	write_old(".draft", "draft.x", 1000);
	write_old("young", "young.x", time(NULL) - 3600);
	write_old("other", "another.x", 1000);
	write_old("note.txt", "note.txt.x", 1000);
	ck_assert_int_eq(symlinkat("old", folder, "link"), 0);
	write_old("foreign", "foreign.x", 1000);
	bool is_root = geteuid() == 0 &&
		fchownat(folder, "foreign", 65534, 65534, 0) == 0;
	token_folder_sweep(folder);
	ck_assert(!is_there("old") && !is_there(".draft"));
	ck_assert(is_there("young") && is_there("other"));
	ck_assert(is_there("note.txt") && is_there("foreign") == is_root);
	ck_assert_int_eq(unlinkat(folder, "link", 0), 0);
	close(folder);
}
END_TEST

/* The clock was set meanwhile, or the files are a server's. */
START_TEST(what_is_old_goes_by_the_last_change_of_the_folder)
{
	const struct timespec times[2] = {{.tv_sec = 90000}, {.tv_sec = 90000}};

	folder = token_folder_open(root, false, &err);
	write_old("old", "old.x", 3000);
	write_old("young", "young.x", 4000);
	ck_assert_int_eq(futimens(folder, times), 0);
	token_folder_sweep(folder);
	ck_assert(!is_there("old") && is_there("young"));
	close(folder);
}
END_TEST

START_TEST(a_full_disk_is_told_with_the_folder)
{
	if (unshare(CLONE_NEWNS) != 0)
		return; /* only root may */
	ck_assert_int_eq(
		mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL), 0);
	ck_assert_int_eq(
		mount("none", root, "tmpfs", 0, "size=4k,nr_inodes=4"), 0);
	folder = token_folder_open(root, false, &err);
	ck_assert_int_ge(folder, 0);
	close(openat(folder, "filler", O_CREAT | O_WRONLY, 0600));
	ck_assert(!token_file_write(
		folder, root, "token", "token.x", &inode, &err));
	ck_assert_str_eq(err.code, "L1");
	ck_assert_ptr_nonnull(strstr(err.text, root));
	close(folder);
	ck_assert_int_eq(umount(root), 0);
}
END_TEST

START_TEST(the_file_of_a_younger_attempt_is_left_alone)
{
	ino_t younger;

	folder = token_folder_open(root, false, &err);
	ck_assert(token_file_write(
		folder, root, "token", "token.x", &inode, &err));
	ck_assert(token_file_write(
		folder, root, "token", "token.x", &younger, &err));
	ck_assert(token_file_remove(folder, "token", inode, &err));
	ck_assert_int_eq(access(PLACE, F_OK), 0);
	close(folder);
}
END_TEST

START_TEST(a_symbolic_link_below_the_root_is_not_followed)
{
	ck_assert_int_eq(symlink("/tmp", ".well-known"), 0);
	ck_assert_int_lt(token_folder_open(root, false, &err), 0);
	ck_assert_ptr_nonnull(strstr(err.text, root));
}
END_TEST

START_TEST(a_link_at_the_place_of_the_token_is_replaced_not_followed)
{
	folder = token_folder_open(root, false, &err);
	close(open("victim", O_CREAT | O_WRONLY, 0600));
	ck_assert_int_eq(symlink("../../victim", PLACE), 0);
	ck_assert_int_eq(symlink("../../victim", TOKEN_FOLDER "/.token"), 0);
	ck_assert(token_file_write(
		folder, root, "token", "token.x", &inode, &err));
	struct stat status;
	ck_assert_int_eq(lstat(PLACE, &status), 0);
	ck_assert(S_ISREG(status.st_mode));
	ck_assert_int_eq(stat("victim", &status), 0);
	ck_assert_int_eq(status.st_size, 0);
	close(folder);
}
END_TEST

START_TEST(a_missing_root_is_a_mistake_of_its_owner)
{
	ck_assert_int_lt(token_folder_open("missing", false, &err), 0);
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
	ck_assert_str_eq(err.code, "H5");
	folder = token_folder_open("missing", true, &err);
	ck_assert_int_ge(folder, 0);
	close(folder);
}
END_TEST

START_TEST(a_root_that_may_not_be_written_is_named)
{
	ck_assert_int_eq(chmod(root, 0555), 0);
	if (geteuid() == 0)
		ck_assert_int_eq(setresuid(65534, 65534, 0), 0);
	ck_assert_int_lt(token_folder_open(root, false, &err), 0);
	if (getuid() == 65534)
		ck_assert_int_eq(setresuid(0, 0, 0), 0);
	ck_assert_str_eq(err.code, "L4");
	ck_assert_ptr_nonnull(strstr(err.text, root));
}
END_TEST

START_TEST(only_the_alphabet_of_tokens_becomes_a_file_name)
{
	char text[140];

	ck_assert(token_is_valid("evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-_"));
	ck_assert(!token_is_valid(""));
	ck_assert(!token_is_valid("."));
	ck_assert(!token_is_valid("a/b"));
	memset(text, 'a', sizeof(text));
	text[128] = '\0';
	ck_assert(token_is_valid(text));
	text[128] = 'a';
	text[129] = '\0';
	ck_assert(!token_is_valid(text));
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("token_file");
	Suite *suite = suite_create("token_file");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, a_token_is_written_whole_and_readable_for_all);
	tcase_add_test(tests, what_a_killed_one_left_is_replaced);
	tcase_add_test(tests, what_was_left_long_ago_is_swept);
	tcase_add_test(
		tests, what_is_old_goes_by_the_last_change_of_the_folder);
	tcase_add_test(tests, a_full_disk_is_told_with_the_folder);
	tcase_add_test(tests, the_file_of_a_younger_attempt_is_left_alone);
	tcase_add_test(tests, a_symbolic_link_below_the_root_is_not_followed);
	tcase_add_test(tests,
		a_link_at_the_place_of_the_token_is_replaced_not_followed);
	tcase_add_test(tests, a_missing_root_is_a_mistake_of_its_owner);
	tcase_add_test(tests, a_root_that_may_not_be_written_is_named);
	tcase_add_test(tests, only_the_alphabet_of_tokens_becomes_a_file_name);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
