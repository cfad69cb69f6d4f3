/* SPDX-License-Identifier: MIT */
#include "file_round.h"

#include "json.h"
#include "mem.h"
#include "suite.h"

#include <check.h>
#include <stdlib.h>

/* check, verdict, code of each */
static json_t *finding(const char *check, const char *verdict, const char *code)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "check", check, "verdict",
		verdict, "code", code, "text", "what was seen");
}

START_TEST(the_first_fault_is_the_one_that_is_told)
{
	cleanup(json) json_t *findings = json_pack("[o, o, o]",
		finding("link", "good", ""), finding("key", "bad", "L6"),
		finding("modes", "bad", "P7"));
	const json_t *fault = file_rounds_fault(findings);

	ck_assert_str_eq(member_string_or(fault, "code", ""), "L6");
}
END_TEST

START_TEST(what_cannot_be_seen_is_no_fault)
{
	cleanup(json) json_t *findings =
		json_pack("[o]", finding("key", "unknown", ""));

	ck_assert_ptr_null(file_rounds_fault(findings));
	ck_assert_ptr_null(file_rounds_fault(NULL));
}
END_TEST

/* It is told by how much of the slack is used. */
START_TEST(an_expiry_is_told_by_others)
{
	cleanup(json) json_t *findings =
		json_pack("[o]", finding("expiry", "bad", ""));

	ck_assert_ptr_null(file_rounds_fault(findings));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("file_round");
	TCase *all = tcase_create("all");

	tcase_add_test(all, the_first_fault_is_the_one_that_is_told);
	tcase_add_test(all, what_cannot_be_seen_is_no_fault);
	tcase_add_test(all, an_expiry_is_told_by_others);
	suite_add_tcase(suite, all);
	return suite_run(suite);
}
