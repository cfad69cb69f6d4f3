/* SPDX-License-Identifier: MIT */
#include "json.h"
#include "mem.h"
#include "suite.h"
#include "vault_life.h"

#include <check.h>
#include <stdio.h>
#include <sys/stat.h>

/* What a crash leaves behind is gone after the next start. */

#define NAME "a.example"
#define ARCHIVE "state/archive/" NAME
#define ACCOUNT "state/accounts/little"

static struct vault_run run;
static struct little_ca ca;

static void prepare(void)
{
	run_prepare(&run);
	little_ca_open(&ca);
}

static void clean(void)
{
	run_clean(&run);
	little_ca_close(&ca);
}

START_TEST(the_file_of_a_probe_is_removed)
{
	run_begin(&run);
	life_issue(&run, &ca);
	run_end(&run);
	run_write(&run, "state/state/.probe.unfinished", "x");
	run_begin(&run);
	life_load_first(&run);
	ck_assert(!run_exists(&run, "state/state/.probe.unfinished"));
}
END_TEST

/* Killed before it could make room for the version that was switched in. */
START_TEST(a_fourth_version_is_removed)
{
	run_begin(&run);
	for (int i = 0; i < 4; i++)
		life_issue(&run, &ca);
	run_end(&run);
	ck_assert_int_eq(mkdir(run_path(&run, ARCHIVE "/1"), 0755), 0);
	run_begin(&run);
	life_load_first(&run);
	for (int number = 1; number <= 4; number++) {
		char path[64];
		snprintf(path, sizeof(path), ARCHIVE "/%d", number);
		ck_assert_int_eq(run_exists(&run, path), number > 1);
	}
}
END_TEST

START_TEST(an_order_that_was_hardly_begun_leaves_no_folder)
{
	run_begin(&run);
	life_issue(&run, &ca);
	run_kill(&run);
	ck_assert_int_eq(mkdir(run_path(&run, ARCHIVE "/next"), 0700), 0);
	run_begin(&run);
	life_load_first(&run);
	ck_assert(!run_exists(&run, ARCHIVE "/next"));
}
END_TEST

START_TEST(an_account_key_that_is_in_its_place_is_not_the_next)
{
	run_begin(&run);
	run_do(&run, "account", "s:s", "ca", "little");
	run_end(&run);
	cleanup(string) char *key = run_read(&run, ACCOUNT "/key.pem");
	run_write(&run, ACCOUNT "/key.next.pem", key);
	run_begin(&run);
	run_do(&run, "account", "s:s", "ca", "little");
	ck_assert(!member_bool_or(run.reply, "changing", false));
	ck_assert(!run_exists(&run, ACCOUNT "/key.next.pem"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vault_leftovers");
	TCase *tests = tcase_create("vault_leftovers");

	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, the_file_of_a_probe_is_removed);
	tcase_add_test(tests, a_fourth_version_is_removed);
	tcase_add_test(tests, an_order_that_was_hardly_begun_leaves_no_folder);
	tcase_add_test(
		tests, an_account_key_that_is_in_its_place_is_not_the_next);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
