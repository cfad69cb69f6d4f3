/* SPDX-License-Identifier: MIT */
#include "appetite.h"

#include "suite.h"
#include "text.h"

#include <check.h>

#define MEBIBYTE ((size_t)1024 * 1024)

static void expect(
	struct appetite appetite, size_t certificates, const char *wanted)
{
	struct error err = {0};

	ck_assert(appetite_is_fine(&appetite, certificates, &err) ==
		(*wanted == '\0'));
	ck_assert_str_eq(err.text, wanted);
	ck_assert_str_eq(err.code, *wanted ? "M5" : "");
}

START_TEST(more_certificates_may_use_more_memory)
{
	const struct appetite big = {.memory = 300 * MEBIBYTE};

	expect((struct appetite){.memory = 20 * MEBIBYTE}, 1, "");
	expect(big, 1, "acmed uses 300 MiB of memory for 1 certificates");
	expect(big, 1000, "");
}
END_TEST

START_TEST(a_quarter_of_the_descriptors_is_to_be_left)
{
	struct appetite appetite = {.descriptors = 48, .most_descriptors = 64};

	expect(appetite, 1, "");
	appetite.descriptors++;
	expect(appetite, 1, "acmed has 49 of 64 descriptors open");
}
END_TEST

START_TEST(what_is_unknown_is_fine)
{
	expect((struct appetite){0}, 0, "");
}
END_TEST

START_TEST(this_program_is_modest)
{
	const struct appetite appetite = appetite_read();

	ck_assert_uint_gt(appetite.memory, 0);
	ck_assert_uint_ge(appetite.descriptors, 3);
	ck_assert_uint_lt(appetite.descriptors, appetite.most_descriptors);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("appetite");
	TCase *tests = tcase_create("appetite");

	tcase_add_test(tests, more_certificates_may_use_more_memory);
	tcase_add_test(tests, a_quarter_of_the_descriptors_is_to_be_left);
	tcase_add_test(tests, what_is_unknown_is_fine);
	tcase_add_test(tests, this_program_is_modest);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
