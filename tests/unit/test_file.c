/* SPDX-License-Identifier: MIT */
#include "file.h"

#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[] = "/tmp/acmed-file-XXXXXX";
static int folder = -1;

static void prepare(void)
{
	strcpy(path, "/tmp/acmed-file-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(path));
	folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(folder, 0);
}

static void clean(void)
{
	char command[64];

	umask(022);
	close(folder);
	snprintf(command, sizeof(command), "rm -rf %s", path);
	ck_assert_int_eq(system(command), 0);
}

static unsigned mode_of(const char *name)
{
	struct stat status;

	ck_assert_int_eq(
		fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW), 0);
	return status.st_mode & 07777;
}

static void put(const char *name, const char *text, mode_t mode)
{
	struct error err = {0};

	ck_assert_msg(file_write(folder, name, text, strlen(text), mode, &err),
		"%s", err.text);
}

static void holds(const char *name, const char *text)
{
	struct error err = {0};
	size_t length = 0;
	cleanup(string) char *bytes =
		file_read(folder, name, 1000, &length, &err);

	ck_assert_msg(bytes != NULL, "%s", err.text);
	ck_assert_str_eq(bytes, text);
	ck_assert_uint_eq(length, strlen(text));
}

START_TEST(a_file_is_written_and_replaced)
{
	put("a", "one", 0600);
	holds("a", "one");
	put("a", "another", 0644);
	holds("a", "another");
	ck_assert_uint_eq(mode_of("a"), 0644);
	struct strings names = folder_list(folder);
	ck_assert_uint_eq(names.count, 1);
	strings_clear(&names);
}
END_TEST

START_TEST(the_umask_has_no_say)
{
	static const mode_t MASKS[] = {0, 022, 077};

	for (size_t i = 0; i < sizeof(MASKS) / sizeof(*MASKS); i++) {
		umask(MASKS[i]);
		put("a", "x", 0644);
		ck_assert_uint_eq(mode_of("a"), 0644);
		put("b", "x", 0600);
		ck_assert_uint_eq(mode_of("b"), 0600);
		char name[8];
		snprintf(name, sizeof(name), "f%zu", i);
		int cleanup_folder made = folder_make(folder, name, 0755, NULL);
		ck_assert_int_ge(made, 0);
		ck_assert_uint_eq(mode_of(name), 0755);
	}
}
END_TEST

START_TEST(a_leftover_does_not_stop_a_write)
{
	int fd = openat(folder, ".a.new", O_CREAT | O_WRONLY | O_CLOEXEC, 0666);

	close(fd);
	put("a", "one", 0600);
	ck_assert_uint_eq(mode_of("a"), 0600);
	ck_assert(!file_exists(folder, ".a.new"));
}
END_TEST

START_TEST(a_link_is_not_followed)
{
	struct error err = {0};
	size_t length = 0;

	put("target", "secret", 0600);
	ck_assert_int_eq(symlinkat("target", folder, "link"), 0);
	ck_assert_ptr_null(file_read(folder, "link", 1000, &length, &err));
	ck_assert_int_eq(err.kind, ERROR_LOCAL);
	put("link", "own", 0600);
	holds("target", "secret");
	holds("link", "own");
}
END_TEST

START_TEST(a_folder_behind_a_link_is_not_opened)
{
	struct error err = {0};

	ck_assert_int_eq(mkdirat(folder, "real", 0755), 0);
	ck_assert_int_eq(mkdirat(folder, "real/in", 0755), 0);
	ck_assert_int_eq(symlinkat("real", folder, "link"), 0);
	int cleanup_folder real = folder_open(folder, "real/in", &err);
	ck_assert_int_ge(real, 0);
	ck_assert_int_eq(folder_open(folder, "link/in", &err), -1);
	ck_assert_int_eq(folder_make(folder, "link/new", 0755, &err), -1);
	ck_assert(!file_exists(folder, "real/new"));
}
END_TEST

START_TEST(a_missing_file_is_no_error)
{
	struct error err = {.kind = ERROR_REFUSED};
	size_t length = 0;

	ck_assert_ptr_null(file_read(folder, "a", 1000, &length, &err));
	ck_assert_int_eq(err.kind, ERROR_NONE);
	ck_assert(file_remove(folder, "a", &err));
	ck_assert(folder_remove(folder, "a", &err));
}
END_TEST

START_TEST(only_regular_files_of_sane_size_are_read)
{
	struct error err = {0};
	size_t length = 0;

	put("a", "12345", 0600);
	ck_assert_ptr_null(file_read(folder, "a", 4, &length, &err));
	ck_assert_int_eq(err.kind, ERROR_LOCAL);
	ck_assert_int_eq(mkfifoat(folder, "fifo", 0600), 0);
	ck_assert_ptr_null(file_read(folder, "fifo", 1000, &length, &err));
	ck_assert_int_eq(err.kind, ERROR_LOCAL);
	ck_assert_int_eq(mkdirat(folder, "f", 0755), 0);
	ck_assert_ptr_null(file_read(folder, "f", 1000, &length, &err));
	ck_assert_int_eq(err.kind, ERROR_LOCAL);
}
END_TEST

START_TEST(a_folder_is_removed_with_what_is_in_it)
{
	struct error err = {0};

	ck_assert_int_eq(mkdirat(folder, "f", 0755), 0);
	ck_assert_int_eq(mkdirat(folder, "f/g", 0755), 0);
	put("kept", "x", 0600);
	ck_assert_int_eq(symlinkat("../kept", folder, "f/link"), 0);
	ck_assert_int_eq(symlinkat("..", folder, "f/up"), 0);
	ck_assert(folder_remove(folder, "f", &err));
	ck_assert(!file_exists(folder, "f"));
	holds("kept", "x");
}
END_TEST

START_TEST(a_new_file_does_not_replace_an_old_one)
{
	struct error err = {0};

	ck_assert(file_create(folder, "a", "x", 1, 0600, &err));
	ck_assert(!file_create(folder, "a", "y", 1, 0600, &err));
	ck_assert_int_eq(err.kind, ERROR_LOCAL);
}
END_TEST

START_TEST(what_is_prepared_waits_for_its_commit)
{
	struct error err = {0};

	put("a", "old", 0600);
	ck_assert(file_prepare(folder, "a", "new", 3, 0600, &err));
	holds("a", "old");
	ck_assert(file_commit(folder, "a", &err));
	holds("a", "new");
}
END_TEST

START_TEST(a_link_is_replaced_in_one_step)
{
	struct error err = {0};
	char target[16];

	ck_assert(link_write(folder, "l", "one", &err));
	ck_assert(link_write(folder, "l", "two", &err));
	ck_assert(link_read(folder, "l", target, sizeof(target)));
	ck_assert_str_eq(target, "two");
	ck_assert(!link_read(folder, "l", target, 3));
	ck_assert(!link_is_blocked(folder, "l"));
	ck_assert(!link_is_blocked(folder, "nothing"));
	put("file", "x", 0600);
	ck_assert(link_is_blocked(folder, "file"));
	ck_assert(!link_read(folder, "file", target, sizeof(target)));
}
END_TEST

/* The kernel's own say that they have a page. */
START_TEST(a_file_that_is_shorter_than_it_says_ends_where_it_ends)
{
	struct error err = {0};
	size_t length = 0;
	int kernel = open("/sys/kernel", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (kernel < 0 || faccessat(kernel, "uevent_seqnum", R_OK, 0) != 0) {
		fprintf(stderr, "SKIPPED: there is no /sys here\n");
		return;
	}
	cleanup(string) char *bytes =
		file_read(kernel, "uevent_seqnum", 100000, &length, &err);
	ck_assert_msg(bytes != NULL, "%s", err.text);
	ck_assert_uint_eq(strlen(bytes), length);
	ck_assert_uint_lt(length, 100);
	close(kernel);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("file");
	TCase *tests = tcase_create("file");

	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, a_file_is_written_and_replaced);
	tcase_add_test(tests, the_umask_has_no_say);
	tcase_add_test(tests, a_leftover_does_not_stop_a_write);
	tcase_add_test(tests, a_link_is_not_followed);
	tcase_add_test(tests, a_folder_behind_a_link_is_not_opened);
	tcase_add_test(tests, a_missing_file_is_no_error);
	tcase_add_test(tests, only_regular_files_of_sane_size_are_read);
	tcase_add_test(tests, a_folder_is_removed_with_what_is_in_it);
	tcase_add_test(tests, a_new_file_does_not_replace_an_old_one);
	tcase_add_test(tests, what_is_prepared_waits_for_its_commit);
	tcase_add_test(tests, a_link_is_replaced_in_one_step);
	tcase_add_test(
		tests, a_file_that_is_shorter_than_it_says_ends_where_it_ends);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
