/* SPDX-License-Identifier: MIT */
#include "member.h"

#include "diagnosis.h"
#include "json.h"
#include "mem.h"
#include "suite.h"

#include <check.h>

START_TEST(what_does_not_apply_is_left_out)
{
	cleanup(json) json_t *object = json_object();

	member_put_text(object, "text", "");
	member_put_text(object, "text", NULL);
	member_put_time(object, "time", 0);
	member_put_time(object, "time", INT64_MAX);
	member_put(object, "value", NULL);
	ck_assert_uint_eq(json_object_size(object), 0);
}
END_TEST

START_TEST(a_time_is_read_as_it_was_written)
{
	cleanup(json) json_t *object = json_object();

	member_put_time(object, "time", 1800000000);
	ck_assert_str_eq(
		member_string_or(object, "time", ""), "2027-01-15T08:00:00Z");
	ck_assert_int_eq(member_time(object, "time"), 1800000000);
	ck_assert_int_eq(member_time(object, "other"), 0);
}
END_TEST

START_TEST(a_failure_with_a_code_is_explained)
{
	cleanup(json) json_t *failure = json_pack("{s:s}", "code", "H1");

	member_explain(failure);
	ck_assert_str_eq(member_string_or(failure, "cause", ""),
		diagnosis_find("H1")->sentence);
	ck_assert_str_eq(member_string_or(failure, "remedy", ""),
		diagnosis_find("H1")->remedy);
}
END_TEST

START_TEST(a_failure_without_one_is_left_alone)
{
	static const char *const codes[] = {"", "Z9"};

	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
		cleanup(json) json_t *failure =
			json_pack("{s:s}", "code", codes[i]);
		member_explain(failure);
		ck_assert_uint_eq(json_object_size(failure), 1);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("member");
	TCase *tests = tcase_create("member");

	tcase_add_test(tests, what_does_not_apply_is_left_out);
	tcase_add_test(tests, a_time_is_read_as_it_was_written);
	tcase_add_test(tests, a_failure_with_a_code_is_explained);
	tcase_add_test(tests, a_failure_without_one_is_left_alone);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
