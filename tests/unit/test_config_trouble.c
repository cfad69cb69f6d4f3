/* SPDX-License-Identifier: MIT */
#include "config_trouble.h"

#include "mem.h"
#include "suite.h"

#include <check.h>
#undef fail

static struct mistakes mistakes;
static struct intake_result result;
static char text[CONFIG_TROUBLE_SIZE];

static void prepare(void)
{
	result = (struct intake_result){.mistakes = &mistakes};
}

static void clean(void)
{
	mistakes_clear(&mistakes);
}

static bool describe(void)
{
	return config_trouble_describe(&result, text);
}

START_TEST(what_was_taken_in_whole_is_no_trouble)
{
	mistakes_advise(&mistakes, "/etc/acmed/acmed.conf", 2, "a doubt");
	ck_assert(!describe());
}
END_TEST

START_TEST(a_mistake_is_told_with_its_place)
{
	mistakes_add(&mistakes, "/etc/acmed/certs.d/a.conf", 3, "no such key");
	ck_assert(describe());
	ck_assert_str_eq(text,
		"/etc/acmed/certs.d/a.conf:3: no such key: what was accepted "
		"before goes on, see 'acmed -t'");
}
END_TEST

START_TEST(of_many_the_first_stands_for_all)
{
	for (unsigned i = 1; i < 10; i++)
		mistakes_add(&mistakes, "a.conf", i, "%0500u", i);
	ck_assert(describe());
	ck_assert_ptr_nonnull(strstr(text, "; and 8 more mistakes: "));
}
END_TEST

START_TEST(what_cannot_be_read_at_all_is_told)
{
	struct error error;

	fail(&error, ERROR_LOCAL, "cannot open '/etc/acmed'");
	result.err = &error;
	ck_assert(describe());
	ck_assert_ptr_nonnull(strstr(text, ": cannot open '/etc/acmed'"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("config_trouble");
	TCase *all = tcase_create("all");

	tcase_add_checked_fixture(all, prepare, clean);
	tcase_add_test(all, what_was_taken_in_whole_is_no_trouble);
	tcase_add_test(all, a_mistake_is_told_with_its_place);
	tcase_add_test(all, of_many_the_first_stands_for_all);
	tcase_add_test(all, what_cannot_be_read_at_all_is_told);
	suite_add_tcase(suite, all);
	return suite_run(suite);
}
