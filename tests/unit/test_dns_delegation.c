/* SPDX-License-Identifier: MIT */
#include "dns_delegation.h"

#include "suite.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#undef fail

static struct dns_delegation delegation;
static struct error err;

static void begin(void)
{
	err = (struct error){0};
	ck_assert(dns_delegation_start(
		&delegation, "_acme-challenge.Example.com.", &err));
}

START_TEST(a_name_without_an_alias_is_written_to_itself)
{
	ck_assert_str_eq(dns_delegation_name(&delegation),
		"_acme-challenge.example.com");
}
END_TEST

START_TEST(aliases_are_followed_to_the_end)
{
	ck_assert(dns_delegation_follow(&delegation, "A.auth.example.", &err));
	ck_assert_str_eq(dns_delegation_name(&delegation), "a.auth.example");
	ck_assert(dns_delegation_follow(&delegation, "b.auth.example", &err));
	ck_assert_str_eq(dns_delegation_name(&delegation), "b.auth.example");
}
END_TEST

START_TEST(a_loop_is_told)
{
	ck_assert(dns_delegation_follow(&delegation, "a.example", &err));
	ck_assert(dns_delegation_follow(&delegation, "b.example", &err));
	ck_assert(!dns_delegation_follow(&delegation, "A.example", &err));
	ck_assert_str_eq(err.code, "D5");
	ck_assert_str_eq(dns_delegation_name(&delegation), "b.example");
}
END_TEST

START_TEST(there_is_an_end_of_aliases)
{
	char name[32];

	for (int i = 0; i < DNS_DELEGATION_MAX; i++) {
		snprintf(name, sizeof(name), "n%d.example", i);
		ck_assert(dns_delegation_follow(&delegation, name, &err));
	}
	ck_assert(!dns_delegation_follow(&delegation, "last.example", &err));
	ck_assert_str_eq(err.code, "D5");
}
END_TEST

#define TEN "0123456789"
#define SIXTY TEN TEN TEN TEN TEN TEN

static const char *const BAD[] = {"", ".", "..", ".a", "a..b", "a b", "a\nb",
	"\xc3\xa4.example", SIXTY "abcd.example",
	SIXTY "." SIXTY "." SIXTY "." SIXTY "." TEN "." TEN "." TEN};

START_TEST(a_target_that_is_no_name_is_told)
{
	ck_assert(!dns_delegation_follow(&delegation, BAD[_i], &err));
	ck_assert_int_eq(err.kind, ERROR_VALIDATION);
	ck_assert(!dns_delegation_start(&delegation, BAD[_i], &err));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dns_delegation");
	TCase *tests = tcase_create("dns_delegation");

	tcase_add_checked_fixture(tests, begin, NULL);
	tcase_add_test(tests, a_name_without_an_alias_is_written_to_itself);
	tcase_add_test(tests, aliases_are_followed_to_the_end);
	tcase_add_test(tests, a_loop_is_told);
	tcase_add_test(tests, there_is_an_end_of_aliases);
	tcase_add_loop_test(tests, a_target_that_is_no_name_is_told, 0,
		sizeof(BAD) / sizeof(*BAD));
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
