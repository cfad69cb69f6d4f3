/* SPDX-License-Identifier: MIT */
#include "pacing.h"

#include "budget.h"
#include "known_lineage.h"
#include "mem.h"
#include "suite.h"

#include <check.h>
#undef fail /* ours, not the old one of check */

/* Two certificates of one domain at the CAs "test" and "second": one has used
 * up what "test" allows, the other comes from "second". */
static struct known_lineage known, other;
static struct lineage *lineages[2];
static struct lineage *lineage;
static struct config_ca second;
static const struct config_ca *cas[] = {&second};
static struct fleet fleet;

static void limit(struct config_ca *ca, const char *word)
{
	struct error err;

	ca->limits = (struct limits){0};
	ck_assert(limits_add(&ca->limits, word, &err));
}

static void with_left(int64_t left)
{
	static char name[] = "second";
	static char directory[] = "https://second.test/directory";

	known_lineage_make(&known, 90 * DAY - left, 90 * DAY);
	known_lineage_make(&other, 0, 90 * DAY);
	second = (struct config_ca){.name = name, .directory = directory};
	known.certificate.others = cas;
	known.certificate.other_count = 1;
	lineage = known.lineage;
	lineage->directory = mem_string(directory);
	lineages[0] = lineage;
	lineages[1] = other.lineage;
	fleet = (struct fleet){
		.lineages = lineages, .count = 2, .budgets = budgets_new()};
}

static void set_up(void)
{
	with_left(30 * DAY);
}

static void tear_down(void)
{
	budgets_free(fleet.budgets);
	known_lineage_clear(&known);
	known_lineage_clear(&other);
}

/* The other one is issued at "test", whose limit is that. */
static void use_up(const char *word)
{
	limit(&known.ca, word);
	other.ca.limits = known.ca.limits;
	budget_begin(&fleet, other.lineage, NOW);
	budget_end(&fleet, other.lineage, true, NULL, NOW);
}

/* The count is a little more patient than the CA (limit.h). */
static void expect_wait(int64_t until)
{
	ck_assert(pacing_holds(&fleet, lineage, NOW));
	ck_assert_int_ge(lineage->paced_until, until);
	ck_assert_int_le(lineage->paced_until, until + (until - NOW) / 500 + 2);
	ck_assert_int_eq(lineage->paced_since, NOW);
	ck_assert_str_eq(lineage_ca(lineage)->name, "test");
	ck_assert_ptr_nonnull(strstr(lineage->paced_by, "of CA 'test'"));
}

static void expect_second(int64_t now)
{
	ck_assert(!pacing_holds(&fleet, lineage, now));
	ck_assert_str_eq(lineage_ca(lineage)->name, "second");
}

START_TEST(what_is_paced_past_its_patience_goes_to_the_next_ca)
{
	use_up("domain:1/30d");
	expect_second(NOW);
	ck_assert_int_eq(lineage->paced_until, 0);
}
END_TEST

START_TEST(patience_is_that_with_a_ca_which_fails)
{
	use_up("domain:1/12h");
	expect_wait(NOW + 12 * HOUR);
	tear_down();
	with_left(11 * DAY);
	use_up("domain:1/12h");
	expect_second(NOW);
	tear_down();
	with_left(2 * DAY);
	use_up("domain:1/1h");
	expect_wait(NOW + HOUR);
}
END_TEST

START_TEST(what_has_nothing_yet_does_not_wait_where_another_is_free)
{
	known_lineage_set_missing(&known);
	use_up("domain:1/1h");
	expect_second(NOW);
}
END_TEST

START_TEST(where_there_is_one_ca_it_is_waited_for)
{
	known.certificate.other_count = 0;
	use_up("domain:1/30d");
	expect_wait(NOW + 30 * DAY);
	ck_assert_ptr_null(lineage->failover);
}
END_TEST

START_TEST(where_all_are_used_up_the_earliest_is_waited_for)
{
	use_up("domain:1/30d");
	limit(&second, "domain:1/3d");
	other.certificate.ca = &second;
	budget_begin(&fleet, other.lineage, NOW);
	budget_end(&fleet, other.lineage, true, NULL, NOW);
	free(take(lineage->directory)); /* that CA's own would be a renewal */
	expect_wait(NOW + 3 * DAY);
	expect_second(lineage->paced_until);
}
END_TEST

START_TEST(failed_validations_are_waited_for)
{
	struct error err;

	limit(&known.ca, "failures:1/10d");
	fail_cause(&err, ERROR_VALIDATION, "H1", "no");
	budget_begin(&fleet, lineage, NOW);
	budget_end(&fleet, lineage, true, &err, NOW);
	expect_wait(NOW + 10 * DAY);
}
END_TEST

START_TEST(a_human_waits_once_and_for_nothing_who_wants_it_so)
{
	use_up("domain:1/12h");
	lineage->is_forced = true;
	expect_wait(NOW + 12 * HOUR);
	ck_assert(!lineage->is_forced);
	lineage->ignores_limits = true;
	ck_assert(!pacing_holds(&fleet, lineage, NOW));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pacing");
	TCase *tests = tcase_create("pacing");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(
		tests, what_is_paced_past_its_patience_goes_to_the_next_ca);
	tcase_add_test(tests, patience_is_that_with_a_ca_which_fails);
	tcase_add_test(tests,
		what_has_nothing_yet_does_not_wait_where_another_is_free);
	tcase_add_test(tests, where_there_is_one_ca_it_is_waited_for);
	tcase_add_test(tests, where_all_are_used_up_the_earliest_is_waited_for);
	tcase_add_test(tests, failed_validations_are_waited_for);
	tcase_add_test(
		tests, a_human_waits_once_and_for_nothing_who_wants_it_so);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
