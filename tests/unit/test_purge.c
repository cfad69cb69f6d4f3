/* SPDX-License-Identifier: MIT */
#include "purge.h"

#include "json.h"
#include "mem.h"
#include "suite.h"
#include "vault_life.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* What becomes of a lineage whose file is removed or gets another name. */

#define NAME "a.example"
#define ARCHIVE "state/archive/" NAME
#define LIVE "state/live/" NAME

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

START_TEST(purge_removes_what_is_not_configured)
{
	run_begin(&run);
	life_issue(&run, &ca);
	run_do(&run, "state-save", "s:s, s:{s:i}", "name", NAME, "state",
		"schema", 1);
	ck_assert(!run_ask(&run, "purge", "s:s", "name", NAME));
	ck_assert(run_exists(&run, LIVE));
	run_remove(&run, "etc/certs.d/a.example.conf");
	run_do(&run, "configure", "");
	run_do(&run, "purge", "s:s", "name", NAME);
	ck_assert(!run_exists(&run, LIVE));
	ck_assert(!run_exists(&run, ARCHIVE));
	ck_assert(!run_exists(&run, "state/state/a.example.json"));
	run_do(&run, "purge", "s:s", "name", NAME);
}
END_TEST

START_TEST(a_file_that_came_back_is_not_purged)
{
	run_begin(&run);
	life_issue(&run, &ca);
	run_remove(&run, "etc/certs.d/a.example.conf");
	run_do(&run, "configure", "");
	run_write(&run, "etc/certs.d/a.example.conf",
		"[Certificate]\nNames=a.example\n");
	ck_assert(!run_ask(&run, "purge", "s:s", "name", NAME));
	ck_assert(run_exists(&run, LIVE));
}
END_TEST

START_TEST(a_renamed_file_keeps_its_lineage)
{
	run_begin(&run);
	life_issue(&run, &ca);
	run_do(&run, "state-save", "s:s, s:{s:i, s:i}", "name", NAME, "state",
		"schema", 1, "x", 5);
	cleanup(string) char *before = run_read(&run, LIVE "/cert.pem");
	ck_assert_int_eq(rename(run_path(&run, "etc/certs.d/a.example.conf"),
				 run_path(&run, "etc/certs.d/b.conf")),
		0);
	run_do(&run, "configure", "");
	ck_assert_str_eq(run_link(&run, "state/live/b"), "../archive/b/1");
	ck_assert_str_eq(run_link(&run, LIVE), "b");
	ck_assert(!run_exists(&run, ARCHIVE));
	cleanup(string) char *after = run_read(&run, LIVE "/cert.pem");
	ck_assert_str_eq(before, after);
	const json_t *lineage = life_load_first(&run);
	ck_assert_str_eq(member_string_or(lineage, "name", ""), "b");
	ck_assert_ptr_null(json_object_get(lineage, "problem"));
	ck_assert_int_eq(
		member_integer_or(json_object_get(lineage, "state"), "x", 0),
		5);
	ck_assert_uint_eq(
		json_array_size(json_object_get(run.reply, "certificates")), 1);
}
END_TEST

START_TEST(the_old_name_serves_until_the_new_one_does)
{
	run_begin(&run);
	life_issue(&run, &ca);
	ck_assert_int_eq(mkdir(run_path(&run, "state/live/b"), 0755), 0);
	ck_assert_int_eq(rename(run_path(&run, "etc/certs.d/a.example.conf"),
				 run_path(&run, "etc/certs.d/b.conf")),
		0);
	run_do(&run, "configure", "");
	ck_assert(run_exists(&run, LIVE "/cert.pem"));
	run_remove(&run, "state/live/b");
	run_do(&run, "configure", "");
	ck_assert_str_eq(run_link(&run, LIVE), "b");
	ck_assert(run_exists(&run, "state/live/b/cert.pem"));
	ck_assert(!run_exists(&run, ARCHIVE));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("purge");
	TCase *tests = tcase_create("purge");

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, purge_removes_what_is_not_configured);
	tcase_add_test(tests, a_file_that_came_back_is_not_purged);
	tcase_add_test(tests, a_renamed_file_keeps_its_lineage);
	tcase_add_test(tests, the_old_name_serves_until_the_new_one_does);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
