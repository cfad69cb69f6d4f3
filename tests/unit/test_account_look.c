/* SPDX-License-Identifier: MIT */
#include "account_look.h"

#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdlib.h>

#define URL "https://ca.test/account/7"

static struct ca_settings settings;
static struct directory directory;
static struct error err;

static void prepare(void)
{
	settings = (struct ca_settings){.name = (char *)"little"};
	directory = (struct directory){0};
	err = (struct error){0};
}

static enum finding_verdict judge(const char *status, const char *url)
{
	cleanup(json) json_t *facts =
		json_pack("{s:s?, s:s?}", "status", status, "url", url);

	return account_look_judge(&settings, &directory, facts, &err);
}

START_TEST(a_valid_account_is_good)
{
	ck_assert_int_eq(judge("valid", URL), FINDING_GOOD);
}
END_TEST

START_TEST(a_closed_one_is_told_with_its_url)
{
	ck_assert_int_eq(judge("revoked", URL), FINDING_BAD);
	ck_assert_str_eq(err.code, "A2");
	ck_assert_ptr_nonnull(strstr(err.text, URL "' is revoked"));
}
END_TEST

START_TEST(one_that_the_ca_has_forgotten_is_not_a_closed_one)
{
	ck_assert_int_eq(judge("unknown", URL), FINDING_BAD);
	ck_assert_str_eq(err.code, "A3");
}
END_TEST

START_TEST(a_ca_that_says_nothing_is_no_fault)
{
	ck_assert_int_eq(judge(NULL, URL), FINDING_UNKNOWN);
}
END_TEST

START_TEST(the_first_account_needs_a_binding_where_the_ca_wants_one)
{
	ck_assert_int_eq(judge("none", NULL), FINDING_GOOD);
	directory.eab_required = true;
	ck_assert_int_eq(judge("none", NULL), FINDING_BAD);
	ck_assert_str_eq(err.code, "A4");
	settings.eab_key_id = (char *)"kid";
	ck_assert_int_eq(judge("none", NULL), FINDING_GOOD);
}
END_TEST

/* It was made before, and goes on. */
START_TEST(an_account_that_is_there_needs_none)
{
	directory.eab_required = true;
	ck_assert_int_eq(judge("valid", URL), FINDING_GOOD);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("account_look");
	TCase *all = tcase_create("all");

	tcase_add_checked_fixture(all, prepare, NULL);
	tcase_add_test(all, a_valid_account_is_good);
	tcase_add_test(all, a_closed_one_is_told_with_its_url);
	tcase_add_test(all, one_that_the_ca_has_forgotten_is_not_a_closed_one);
	tcase_add_test(all, a_ca_that_says_nothing_is_no_fault);
	tcase_add_test(
		all, the_first_account_needs_a_binding_where_the_ca_wants_one);
	tcase_add_test(all, an_account_that_is_there_needs_none);
	suite_add_tcase(suite, all);
	return suite_run(suite);
}
