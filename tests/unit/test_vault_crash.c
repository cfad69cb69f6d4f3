/* SPDX-License-Identifier: MIT */
#include "vault_life.h"

#include "json.h"
#include "mem.h"
#include "text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The vault is killed at each of its steps on the disk, one after the other.
 * What was installed stays whole, and the next start finds its way.
 */

#define NAME "a.example"
#define KILLS_MAX 500

static struct vault_run run;
static struct little_ca ca;

static void prepare(void)
{
	run_prepare(&run);
	little_ca_open(&ca);
}

static void clean(void)
{
	run.kill_at = 0;
	run_clean(&run);
	little_ca_close(&ca);
}

/* False when the vault has gone. */
static bool save_order(void)
{
	return run_try(&run, "order-save", "s:s, s:{s:s, s:s, s:s}", "name",
		NAME, "order", "ca", "little", "url", "https://ca.test/order",
		"account", "https://ca.test/account/1");
}

static bool finish_order(void)
{
	if (!run_try(&run, "csr", "s:s", "name", NAME))
		return false;
	cleanup(string) char *chain =
		little_ca_sign(&ca, member_string_or(run.reply, "csr", ""));
	return run_try(&run, "stage", "s:s, s:s", "name", NAME, "chain",
		       chain) &&
		run_try(&run, "switch", "s:s, s:I", "name", NAME, "version",
			member_integer_or(run.reply, "version", 0));
}

static bool renew(void)
{
	run_start(&run);
	return run_try(&run, "hello", "s:s", "role", "loop") &&
		run_try(&run, "configure", "") &&
		run_try(&run, "load", "s:s", "after", "") && save_order() &&
		finish_order() &&
		run_try(&run, "state-save", "s:s, s:{s:i}", "name", NAME,
			"state", "schema", 1);
}

/* As the loop does it at its start. */
static void find_the_way(void)
{
	const json_t *lineage = life_load_first(&run);
	const json_t *staged = json_object_get(lineage, "staged");

	ck_assert_str_eq(member_string_or(lineage, "problem", ""), "");
	ck_assert(json_is_object(json_object_get(lineage, "installed")));
	if (json_is_object(staged))
		run_do(&run, "switch", "s:s, s:I", "name", NAME, "version",
			member_integer_or(staged, "version", 0));
	else if (json_is_object(json_object_get(lineage, "order")))
		ck_assert(finish_order());
	else
		ck_assert(save_order() && finish_order());
}

static void is_tidy(void)
{
	const json_t *lineage = life_load_first(&run);
	struct text find = {0};

	ck_assert(json_is_null(json_object_get(lineage, "staged")));
	ck_assert(json_is_null(json_object_get(lineage, "order")));
	ck_assert_uint_le(
		json_array_size(json_object_get(lineage, "versions")), 3);
	text_addf(&find, "! find %s/state -name '.?*' | grep .", run.folder);
	ck_assert_int_eq(system(find.data), 0);
	text_clear(&find);
}

/* Renews under a kill at the Nth step; false when there are fewer. */
static bool survive(unsigned number)
{
	run.kill_at = number;
	renew();
	bool was_killed = run_was_killed(&run);
	run.kill_at = 0;
	run_begin(&run);
	if (was_killed)
		find_the_way();
	is_tidy();
	run_end(&run);
	return was_killed;
}

START_TEST(a_renewal_survives_a_kill_at_every_step)
{
	unsigned number = 1;

	run_begin(&run);
	for (int i = 0; i < 3; i++)
		ck_assert(save_order() && finish_order());
	run_end(&run);
	while (number < KILLS_MAX && survive(number))
		number++;
	ck_assert_uint_gt(number, 10);
	ck_assert_uint_lt(number, KILLS_MAX);
}
END_TEST

/* The file goes to and fro between two names, and a kill comes between. */
static bool survive_rename(unsigned number)
{
	static const char *const NAMES[] = {"a.example", "b"};
	const char *from = NAMES[number % 2], *to = NAMES[(number + 1) % 2];
	cleanup(string) char *old = text_format("etc/certs.d/%s.conf", from);
	cleanup(string) char *new = text_format("etc/certs.d/%s.conf", to);
	cleanup(string) char *link =
		text_format("state/live/%s/cert.pem", from);

	ck_assert_int_eq(rename(run_path(&run, old), run_path(&run, new)), 0);
	run.kill_at = number;
	run_start(&run);
	if (run_try(&run, "hello", "s:s", "role", "loop"))
		run_try(&run, "configure", "");
	bool was_killed = run_was_killed(&run);
	run.kill_at = 0;
	cleanup(string) char *served = run_read(&run, link);
	ck_assert_ptr_nonnull(served);
	run_begin(&run);
	const json_t *lineage = life_load_first(&run);
	ck_assert_str_eq(member_string_or(lineage, "name", ""), to);
	ck_assert(json_is_object(json_object_get(lineage, "installed")));
	ck_assert(json_is_object(json_object_get(lineage, "state")));
	run_end(&run);
	return was_killed;
}

START_TEST(a_rename_survives_a_kill_at_every_step)
{
	unsigned number = 1;

	run_begin(&run);
	ck_assert(save_order() && finish_order());
	run_do(&run, "state-save", "s:s, s:{s:i}", "name", NAME, "state",
		"schema", 1);
	run_end(&run);
	ck_assert_int_eq(rename(run_path(&run, "etc/certs.d/a.example.conf"),
				 run_path(&run, "etc/certs.d/b.conf")),
		0);
	run_begin(&run);
	run_end(&run);
	while (number < KILLS_MAX && survive_rename(number))
		number++;
	ck_assert_uint_gt(number, 5);
	ck_assert_uint_lt(number, KILLS_MAX);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vault_crash");
	TCase *tests = tcase_create("vault_crash");

	tcase_set_timeout(tests, 300);
	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, a_renewal_survives_a_kill_at_every_step);
	tcase_add_test(tests, a_rename_survives_a_kill_at_every_step);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
