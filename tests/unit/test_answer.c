/* SPDX-License-Identifier: MIT */
#include "json.h"
#include "near_life.h"
#include "suite.h"

#include <check.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>
#undef fail /* ours, not the old one of check */

/* What the vault says of a disk that takes nothing more: of what it lacks. */

#define INODES "size=4m,nr_inodes=64"
#define SPACE "size=640k,nr_inodes=0" /* that does not count them */

static struct vault_run run;

static void prepare(void)
{
	near_prepare(&run);
}

static void clean(void)
{
	run_clean(&run);
}

/* In a mount namespace of the test, so that nothing stays behind. */
static bool opens_on(const char *disk)
{
	if (geteuid() != 0 || unshare(CLONE_NEWNS) != 0 ||
		mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) != 0 ||
		mount("tmpfs", run_path(&run, "state"), "tmpfs", 0, disk) !=
			0) {
		fprintf(stderr, "SKIPPED: a small disk needs root\n");
		return false;
	}
	near_start(&run);
	json_decref(near_do("probe", ""));
	return true;
}

/* Until nothing more goes in. */
static void fill(size_t size)
{
	static const char BYTES[4096] = "x";
	bool has_room = true;

	for (int i = 0; has_room && i < 1000; i++) {
		char path[32];
		snprintf(path, sizeof(path), "state/filler%d", i);
		int file = open(run_path(&run, path),
			O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		has_room =
			file >= 0 && write(file, BYTES, size) == (ssize_t)size;
		if (file >= 0)
			close(file);
	}
	ck_assert(!has_room);
}

static void expect(const char *code)
{
	ck_assert(!near_try("probe", ""));
	ck_assert_str_eq(near_error()->code, code);
	ck_assert_ptr_nonnull(strstr(near_error()->text, ", below '"));
	near_close();
	ck_assert_int_eq(umount2(run_path(&run, "state"), MNT_DETACH), 0);
}

START_TEST(a_disk_without_inodes_is_told_as_such)
{
	if (!opens_on(INODES))
		return;
	fill(0);
	expect("L15");
}
END_TEST

START_TEST(a_disk_that_counts_no_inodes_lacks_space)
{
	if (!opens_on(SPACE))
		return;
	fill(4096);
	expect("L1");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("answer");
	TCase *tests = tcase_create("answer");

	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, a_disk_without_inodes_is_told_as_such);
	tcase_add_test(tests, a_disk_that_counts_no_inodes_lacks_space);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
