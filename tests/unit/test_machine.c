/* SPDX-License-Identifier: MIT */
#include "json.h"
#include "suite.h"
#include "vault_run.h"

#include <check.h>
#include <string.h>

static struct vault_run run;

static void set_up(void)
{
	run_prepare(&run);
	run_begin(&run);
}

static void tear_down(void)
{
	run_end(&run);
	run_clean(&run);
}

static const json_t *load(void)
{
	return json_object_get(
		run_do(&run, "machine-load", "s:s", "part", "telling"),
		"state");
}

START_TEST(at_first_there_is_no_state)
{
	ck_assert(json_is_null(load()));
}
END_TEST

START_TEST(what_is_saved_is_there_after_a_restart)
{
	run_do(&run, "machine-save", "s:s, s:{s:i}", "part", "telling", "state",
		"reminded", 7);
	ck_assert_uint_eq(run_mode(&run, "state/state/telling"), 0600);
	run_end(&run);
	run_begin(&run);
	ck_assert_int_eq(member_integer_or(load(), "reminded", 0), 7);
}
END_TEST

START_TEST(a_damaged_one_is_none)
{
	run_do(&run, "machine-save", "s:s, s:{}", "part", "telling", "state");
	run_write(&run, "state/state/telling", "{\"remi");
	ck_assert(json_is_null(load()));
}
END_TEST

START_TEST(it_is_no_certificate)
{
	run_do(&run, "machine-save", "s:s, s:{}", "part", "telling", "state");
	const json_t *list = json_object_get(
		run_do(&run, "load", "s:s", "after", ""), "certificates");
	ck_assert_uint_eq(json_array_size(list), 1);
}
END_TEST

START_TEST(other_parts_and_shapes_are_refused)
{
	static char many[66000];

	memset(many, 'x', sizeof(many) - 1);
	ck_assert(!run_ask(&run, "machine-save", "s:s, s:{}", "part",
		"../telling", "state"));
	ck_assert(!run_ask(&run, "machine-load", "s:s", "part", "probe"));
	ck_assert(!run_ask(&run, "machine-load", ""));
	ck_assert(!run_ask(&run, "machine-save", "s:s, s:s", "part", "telling",
		"state", "x"));
	ck_assert(!run_ask(&run, "machine-save", "s:s, s:{s:s}", "part",
		"telling", "state", "x", many));
	ck_assert(!run_exists(&run, "state/state/telling"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("machine");
	TCase *parts = tcase_create("parts");

	tcase_add_checked_fixture(parts, set_up, tear_down);
	tcase_add_test(parts, at_first_there_is_no_state);
	tcase_add_test(parts, what_is_saved_is_there_after_a_restart);
	tcase_add_test(parts, a_damaged_one_is_none);
	tcase_add_test(parts, it_is_no_certificate);
	tcase_add_test(parts, other_parts_and_shapes_are_refused);
	suite_add_tcase(suite, parts);
	return suite_run(suite);
}
