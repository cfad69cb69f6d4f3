/* SPDX-License-Identifier: MIT */
#include "environment_list.h"

#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail

static struct strings list;
static struct error err;

static void tear_down(void)
{
	strings_clear(&list);
}

START_TEST(a_variable_is_set_once)
{
	environment_list_set(&list, "A", "1");
	environment_list_set(&list, "AB", "2");
	environment_list_set(&list, "A", "3");
	ck_assert_uint_eq(list.count, 2);
	ck_assert_str_eq(list.items[0], "A=3");
	ck_assert_str_eq(environment_list_get(&list, "AB"), "2");
	ck_assert_ptr_null(environment_list_get(&list, "B"));
}
END_TEST

START_TEST(a_file_is_read_as_systemd_does)
{
	ck_assert(environment_list_read(&list,
		"# a comment\n; another\n\n  TOKEN=abc  \nQUOTED=\"a b \"\r\n"
		"SINGLE='x=y'\nEMPTY=\nTOKEN=last",
		&err));
	ck_assert_uint_eq(list.count, 4);
	ck_assert_str_eq(environment_list_get(&list, "TOKEN"), "last");
	ck_assert_str_eq(environment_list_get(&list, "QUOTED"), "a b ");
	ck_assert_str_eq(environment_list_get(&list, "SINGLE"), "x=y");
	ck_assert_str_eq(environment_list_get(&list, "EMPTY"), "");
}
END_TEST

static const char *const WRONG[] = {
	"A=1\nsecret-without-a-name\n",
	"A=1\n=secret\n",
	"A=1\nA B=secret\n",
	"A=1\n1A=secret\n",
	"A=1\nB=\"secret\n",
	"A=1\nB='\n",
	"A=1\nB",
	"A=1\nexport B=secret\n",
};

START_TEST(a_line_that_is_none_is_told_without_its_secret)
{
	ck_assert(!environment_list_read(&list, WRONG[_i], &err));
	ck_assert_str_eq(err.text, "line 2 is no 'NAME=value'");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("environment_list");
	TCase *tests = tcase_create("environment_list");

	tcase_add_checked_fixture(tests, NULL, tear_down);
	tcase_add_test(tests, a_variable_is_set_once);
	tcase_add_test(tests, a_file_is_read_as_systemd_does);
	tcase_add_loop_test(tests,
		a_line_that_is_none_is_told_without_its_secret, 0,
		sizeof(WRONG) / sizeof(*WRONG));
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
