/* SPDX-License-Identifier: MIT */
#include "error.h"

#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail
#include <errno.h>

START_TEST(a_failure_is_false_and_says_why)
{
	struct error err = {.code = "H2", .retry_after = 7};

	ck_assert(!fail(&err, ERROR_REFUSED, "file '%s' is odd", "x"));
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
	ck_assert_str_eq(err.text, "file 'x' is odd");
	ck_assert_str_eq(err.code, "");
	ck_assert_double_eq(err.retry_after, 0);
}
END_TEST

START_TEST(nobody_has_to_listen)
{
	ck_assert(!fail(NULL, ERROR_LOCAL, "x"));
	ck_assert(!fail_cause(NULL, ERROR_LOCAL, "L1", "x"));
	ck_assert(!fail_errno(NULL, ENOSPC, "x"));
	ck_assert(!fail_memory(NULL));
	error_prefix(NULL, "x");
}
END_TEST

START_TEST(a_cause_has_a_code)
{
	struct error err;

	ck_assert(!fail_cause(&err, ERROR_LOCAL, "L10", "x"));
	ck_assert_str_eq(err.code, "L10");
}
END_TEST

START_TEST(an_errno_names_itself_and_its_cause)
{
	struct error err;

	ck_assert(!fail_errno(&err, ENOSPC, "cannot write '%s'", "f"));
	ck_assert_int_eq(err.kind, ERROR_LOCAL);
	ck_assert_str_eq(err.code, "L1");
	ck_assert_str_eq(err.text, "cannot write 'f': No space left on device");
	ck_assert(!fail_errno(&err, EINTR, "x"));
	ck_assert_str_eq(err.code, "");
}
END_TEST

START_TEST(a_text_is_one_printable_line)
{
	struct error err;

	ck_assert(!fail(&err, ERROR_LOCAL, "a\nb\033c"));
	ck_assert_str_eq(err.text, "a b?c");
}
END_TEST

START_TEST(a_prefix_goes_before_the_text)
{
	struct error err;

	ck_assert(!fail_cause(&err, ERROR_LOCAL, "L1", "disk is full"));
	error_prefix(&err, "order '%s'", "x");
	ck_assert_str_eq(err.text, "order 'x': disk is full");
	ck_assert_str_eq(err.code, "L1");
}
END_TEST

START_TEST(long_texts_are_cut)
{
	struct error err;

	ck_assert(!fail(&err, ERROR_LOCAL, "%0600d", 1));
	ck_assert_uint_eq(strlen(err.text), sizeof(err.text) - 1);
	for (int i = 0; i < 10; i++)
		error_prefix(&err, "%0300d", 1);
	ck_assert_uint_eq(strlen(err.text), sizeof(err.text) - 1);
	ck_assert(text_ends_with(err.text, "..."));
	ck_assert(!fail_errno(&err, EIO, "%0600d", 1));
	ck_assert_uint_eq(strlen(err.text), sizeof(err.text) - 1);
}
END_TEST

START_TEST(kinds_have_names)
{
	for (int i = ERROR_NONE; i <= ERROR_REFUSED; i++) {
		enum error_kind kind;
		ck_assert(error_kind_parse(
			error_kind_name((enum error_kind)i), &kind));
		ck_assert_int_eq((int)kind, i);
	}
	enum error_kind kind;
	ck_assert(!error_kind_parse("odd", &kind));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("error");
	TCase *tests = tcase_create("error");

	tcase_add_test(tests, a_failure_is_false_and_says_why);
	tcase_add_test(tests, nobody_has_to_listen);
	tcase_add_test(tests, a_cause_has_a_code);
	tcase_add_test(tests, an_errno_names_itself_and_its_cause);
	tcase_add_test(tests, a_text_is_one_printable_line);
	tcase_add_test(tests, a_prefix_goes_before_the_text);
	tcase_add_test(tests, long_texts_are_cut);
	tcase_add_test(tests, kinds_have_names);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
