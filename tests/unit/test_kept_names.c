/* SPDX-License-Identifier: MIT */
#include "kept_names.h"

#include "mem.h"
#include "suite.h"

#include <check.h>

static struct identifier identifiers[3];
static struct config_certificate certificate;
static struct kept_names kept;
static struct error err;

static void set_up(void)
{
	static const char *const NAMES[] = {
		"a.example", "b.example", "c.example"};

	for (size_t i = 0; i < 3; i++)
		ck_assert(identifier_parse(NAMES[i], &identifiers[i], NULL));
	certificate = (struct config_certificate){
		.name = (char *)"a.example",
		.identifiers = identifiers,
		.identifier_count = 3,
		.drop_dead_names = true,
	};
	kept = (struct kept_names){0};
}

static void tear_down(void)
{
	kept_names_clear(&kept);
}

/* Takes the names. */
static bool read_without(json_t *names)
{
	json_t *request cleanup(json) = json_pack("{s:o}", "without", names);

	return kept_names_read(&certificate, request, &kept, &err);
}

START_TEST(without_a_word_all_are_kept)
{
	json_t *request cleanup(json) = json_object();

	ck_assert(kept_names_read(&certificate, request, &kept, &err));
	ck_assert_uint_eq(kept.count, 3);
}
END_TEST

START_TEST(those_that_are_named_are_left_out)
{
	ck_assert(read_without(json_pack("[s]", "b.example")));
	ck_assert_uint_eq(kept.count, 2);
	ck_assert_str_eq(kept.list[0].value, "a.example");
	ck_assert_str_eq(kept.list[1].value, "c.example");
}
END_TEST

START_TEST(the_first_is_never_left_out)
{
	ck_assert(!read_without(json_pack("[s]", "a.example")));
	ck_assert_ptr_nonnull(strstr(err.text, "first name"));
	ck_assert(!read_without(
		json_pack("[s, s, s]", "a.example", "b.example", "c.example")));
}
END_TEST

START_TEST(none_is_left_out_unless_the_configuration_says_so)
{
	certificate.drop_dead_names = false;
	ck_assert(!read_without(json_pack("[s]", "b.example")));
	certificate.drop_dead_names = true;
	certificate.csr = (char *)"x";
	ck_assert(!read_without(json_pack("[s]", "b.example")));
}
END_TEST

START_TEST(names_of_others_and_nonsense_are_refused)
{
	ck_assert(!read_without(json_pack("[s]", "d.example")));
	ck_assert(!read_without(json_pack("[s, s]", "b.example", "b.example")));
	ck_assert(!read_without(json_pack("[i]", 1)));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kept_names");
	TCase *tests = tcase_create("kept_names");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, without_a_word_all_are_kept);
	tcase_add_test(tests, those_that_are_named_are_left_out);
	tcase_add_test(tests, the_first_is_never_left_out);
	tcase_add_test(
		tests, none_is_left_out_unless_the_configuration_says_so);
	tcase_add_test(tests, names_of_others_and_nonsense_are_refused);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
