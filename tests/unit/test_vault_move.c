/* SPDX-License-Identifier: MIT */
#include "near_life.h"

#include "suite.h"

#include <check.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#undef fail /* ours, not the old one of check */

/* A certificate whose file was given another name, and one that is purged,
 * where the folders are not as the vault left them. */

#define OLD "a.example"
#define NEW "b.example"
#define NAMES "[Certificate]\nNames=a.example www.a.example\n"

static struct vault_run run;

static void prepare(void)
{
	near_begin(&run);
	json_decref(near_do("placeholder", "s:s", "name", OLD));
}

static void clean(void)
{
	near_end(&run);
}

static void rename_file(void)
{
	ck_assert_int_eq(rename(run_path(&run, "etc/certs.d/" OLD ".conf"),
				 run_path(&run, "etc/certs.d/" NEW ".conf")),
		0);
	near_rescan();
}

static bool purges(const char *name)
{
	return near_try("purge", "s:s", "name", name);
}

START_TEST(a_lineage_whose_link_is_gone_moves_all_the_same)
{
	near_rescan();
	rename_file();
	ck_assert_str_eq(
		run_link(&run, "state/live/" NEW), "../archive/" NEW "/1");
	ck_assert_str_eq(run_link(&run, "state/live/" OLD), NEW);
	ck_assert(!run_exists(&run, "state/archive/" OLD));
	/* And back; nobody goes by the old name any more. */
	ck_assert_int_eq(unlink(run_path(&run, "state/live/" OLD)), 0);
	ck_assert_int_eq(rename(run_path(&run, "etc/certs.d/" NEW ".conf"),
				 run_path(&run, "etc/certs.d/" OLD ".conf")),
		0);
	near_rescan();
	ck_assert_str_eq(
		run_link(&run, "state/live/" OLD), "../archive/" OLD "/1");
}
END_TEST

/* A crash came between the two; then somebody put the links right by hand. */
static void break_off(void)
{
	ck_assert_int_eq(rename(run_path(&run, "state/archive/" OLD),
				 run_path(&run, "state/archive/" NEW)),
		0);
	ck_assert_int_eq(symlink(NEW, run_path(&run, "state/archive/" OLD)), 0);
	ck_assert_int_eq(unlink(run_path(&run, "state/live/" OLD)), 0);
}

START_TEST(what_was_broken_off_ends_without_the_old_link)
{
	break_off();
	rename_file();
	ck_assert(!run_exists(&run, "state/archive/" OLD));
	ck_assert(run_exists(&run, "state/archive/" NEW "/1"));
}
END_TEST

START_TEST(what_was_broken_off_ends_with_a_folder_for_the_old_link)
{
	break_off();
	ck_assert_int_eq(mkdir(run_path(&run, "state/live/" OLD), 0755), 0);
	rename_file();
	ck_assert(!run_exists(&run, "state/archive/" OLD));
	ck_assert(run_exists(&run, "state/live/" OLD));
}
END_TEST

START_TEST(a_link_to_nowhere_is_removed)
{
	ck_assert_int_eq(symlink("nowhere.example",
				 run_path(&run, "state/archive/c.example")),
		0);
	ck_assert_int_eq(
		mkdir(run_path(&run, "state/archive/lost and found"), 0755), 0);
	near_rescan();
	ck_assert(!run_exists(&run, "state/archive/c.example"));
	ck_assert(run_exists(&run, "state/archive/lost and found"));
}
END_TEST

/* The orphan has the names, and is of another key. */
START_TEST(a_second_key_is_not_taken_for_a_first)
{
	ck_assert_int_eq(
		rename(run_path(&run, "state/archive/" OLD),
			run_path(&run, "state/archive/" OLD "+rsa-2048")),
		0);
	ck_assert_int_eq(unlink(run_path(&run, "state/live/" OLD)), 0);
	ck_assert_int_eq(symlink("../archive/" OLD "+rsa-2048/1",
				 run_path(&run, "state/live/" OLD "+rsa-2048")),
		0);
	rename_file();
	ck_assert(!run_exists(&run, "state/archive/" NEW));
	ck_assert(run_exists(&run, "state/archive/" OLD "+rsa-2048/1"));
}
END_TEST

START_TEST(a_file_that_has_come_back_is_not_purged)
{
	run_remove(&run, "etc/certs.d/" OLD ".conf");
	near_rescan();
	run_write(&run, "etc/certs.d/" OLD ".conf", NAMES);
	run_write(&run, "etc/certs.d/z.conf", "[Certificate]\nNames=z.test\n");
	ck_assert(!purges(OLD));
	ck_assert(run_exists(&run, "state/archive/" OLD "/1"));
	run_remove(&run, "etc/certs.d/" OLD ".conf");
	ck_assert(purges(OLD));
	ck_assert(!run_exists(&run, "state/archive/" OLD));
}
END_TEST

/* Nobody knows which keys a file names that was never read. */
START_TEST(a_second_key_of_an_unread_file_is_not_purged)
{
	run_write(&run, "etc/certs.d/" NEW ".conf", "[Nonsense]\n");
	ck_assert_int_eq(
		mkdir(run_path(&run, "state/archive/" NEW "+rsa-2048"), 0755),
		0);
	near_rescan();
	ck_assert(!purges(NEW "+rsa-2048"));
	ck_assert(run_exists(&run, "state/archive/" NEW "+rsa-2048"));
	run_write(&run, "etc/certs.d/" NEW ".conf",
		"[Certificate]\nNames=b.example\n");
	near_rescan();
	ck_assert(purges(NEW "+rsa-2048"));
}
END_TEST

START_TEST(what_stands_in_the_place_of_a_link_is_not_purged)
{
	run_remove(&run, "etc/certs.d/" OLD ".conf");
	run_remove(&run, "state/live/" OLD);
	near_rescan();
	ck_assert_int_eq(mkdir(run_path(&run, "state/live/" OLD), 0755), 0);
	ck_assert(purges(OLD));
	ck_assert(!run_exists(&run, "state/archive/" OLD));
	ck_assert(run_exists(&run, "state/live/" OLD));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vault_move");
	TCase *tests = tcase_create("vault_move");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, a_lineage_whose_link_is_gone_moves_all_the_same);
	tcase_add_test(tests, what_was_broken_off_ends_without_the_old_link);
	tcase_add_test(
		tests, what_was_broken_off_ends_with_a_folder_for_the_old_link);
	tcase_add_test(tests, a_link_to_nowhere_is_removed);
	tcase_add_test(tests, a_second_key_is_not_taken_for_a_first);
	tcase_add_test(tests, a_second_key_of_an_unread_file_is_not_purged);
	tcase_add_test(tests, a_file_that_has_come_back_is_not_purged);
	tcase_add_test(tests, what_stands_in_the_place_of_a_link_is_not_purged);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
