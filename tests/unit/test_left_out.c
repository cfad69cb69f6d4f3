/* SPDX-License-Identifier: MIT */
#include "left_out.h"

#include "known_lineage.h"
#include "mem.h"
#include "plan.h"
#include "suite.h"
#include "text.h"

#include <check.h>

static struct known_lineage known;
static struct lineage *lineage;
static struct identifier wanted[2];

/* Two names are wanted, both installed; ten of thirty days are left. */
static void set_up(void)
{
	known_lineage_make(&known, 80 * DAY, 90 * DAY);
	lineage = known.lineage;
	ck_assert(identifier_parse("example.org", &wanted[0], NULL));
	ck_assert(identifier_parse("dead.example", &wanted[1], NULL));
	known.certificate.identifiers = wanted;
	known.certificate.identifier_count = 2;
	known.certificate.drop_dead_names = true;
	lineage->facts.identifiers[1] = wanted[1];
	lineage->facts.identifier_count = 2;
}

static void tear_down(void)
{
	known_lineage_clear(&known);
}

/* The second failed, and the first did not. */
static void note(bool is_all)
{
	json_t *blockers cleanup(json) = json_pack("[s]", "dead.example");

	left_out_note(lineage, blockers, is_all, NOW);
}

START_TEST(nothing_is_left_out_before_a_name_has_failed)
{
	ck_assert_ptr_null(left_out_now(lineage, NOW));
	ck_assert(!left_out_is_reduced(lineage));
	ck_assert_int_eq(left_out_retry(lineage, NOW), INT64_MAX);
}
END_TEST

START_TEST(a_name_that_failed_is_left_out_late)
{
	note(true);
	ck_assert_ptr_null(left_out_now(lineage, NOW - 20 * DAY));
	json_t *without cleanup(json) = left_out_now(lineage, NOW);
	ck_assert_str_eq(
		json_string_value(json_array_get(without, 0)), "dead.example");
}
END_TEST

START_TEST(the_configuration_has_to_allow_it)
{
	note(true);
	known.certificate.drop_dead_names = false;
	ck_assert_ptr_null(left_out_now(lineage, NOW));
}
END_TEST

START_TEST(what_lacks_a_dead_name_has_its_names)
{
	note(true);
	lineage->facts.identifier_count = 1;
	lineage->tried_all = NOW;
	ck_assert(left_out_is_reduced(lineage));
	ck_assert_int_eq(left_out_retry(lineage, NOW), NOW + DAY);
	json_t *list cleanup(json) = left_out_list(lineage);
	ck_assert_uint_eq(json_array_size(list), 1);
}
END_TEST

START_TEST(what_a_clock_that_was_ahead_has_tried_is_tried_again)
{
	note(true);
	lineage->facts.identifier_count = 1;
	lineage->tried_all = NOW + 20 * DAY;
	ck_assert_int_le(left_out_retry(lineage, NOW), NOW);
	ck_assert_ptr_null(left_out_now(lineage, NOW));
}
END_TEST

START_TEST(a_human_who_asks_has_all_tried)
{
	note(true);
	lineage->facts.identifier_count = 1;
	lineage->tried_all = NOW;
	lineage->is_forced = true;
	ck_assert_ptr_null(left_out_now(lineage, NOW));
}
END_TEST

START_TEST(who_is_well_again_where_all_were_asked_for_is_forgotten)
{
	json_t *other cleanup(json) = json_pack("[s]", "other.example");

	note(true);
	left_out_note(lineage, other, false, NOW);
	ck_assert_uint_eq(json_object_size(lineage->dead), 2);
	left_out_note(lineage, other, true, NOW);
	ck_assert_uint_eq(json_object_size(lineage->dead), 1);
	left_out_note(lineage, NULL, true, NOW); /* the CA was away */
	ck_assert_uint_eq(json_object_size(lineage->dead), 1);
}
END_TEST

START_TEST(who_blocks_whom_is_said)
{
	json_t *blockers cleanup(json) = json_pack("[s]", "dead.example");
	struct error err;

	fail_cause(&err, ERROR_VALIDATION, "H14", "no address");
	left_out_explain(&known.certificate, blockers, &err);
	ck_assert_str_eq(err.text,
		"dead.example blocks renewal of 1 other name: no address");
	ck_assert_str_eq(err.code, "H14");
	known.certificate.identifier_count = 1;
	fail_cause(&err, ERROR_VALIDATION, "H14", "no address");
	left_out_explain(&known.certificate, blockers, &err);
	ck_assert_str_eq(err.text, "no address");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("left_out");
	TCase *tests = tcase_create("left_out");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, nothing_is_left_out_before_a_name_has_failed);
	tcase_add_test(tests, a_name_that_failed_is_left_out_late);
	tcase_add_test(tests, the_configuration_has_to_allow_it);
	tcase_add_test(tests, what_lacks_a_dead_name_has_its_names);
	tcase_add_test(
		tests, what_a_clock_that_was_ahead_has_tried_is_tried_again);
	tcase_add_test(tests, a_human_who_asks_has_all_tried);
	tcase_add_test(
		tests, who_is_well_again_where_all_were_asked_for_is_forgotten);
	tcase_add_test(tests, who_blocks_whom_is_said);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
