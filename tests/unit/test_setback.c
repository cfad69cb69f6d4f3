/* SPDX-License-Identifier: MIT */
#include "setback.h"

#include "known_lineage.h"
#include "plan.h"
#include "suite.h"

#include <check.h>
#undef fail /* ours, not the old one of check */
#include <syslog.h>

static struct known_lineage known;
static struct lineage *lineage;

static void set_up(void)
{
	known_lineage_make(&known, 10 * DAY, 90 * DAY);
	lineage = known.lineage;
}

static void tear_down(void)
{
	known_lineage_clear(&known);
}

static void fail_with(enum error_kind kind, double retry_after)
{
	struct error err;

	fail(&err, kind, "no");
	err.retry_after = retry_after;
	lineage_set_failure(lineage, &err);
	setback_schedule(lineage, &err, NOW);
}

static int64_t waited(void)
{
	return lineage->not_before - NOW;
}

static int priority_at(int64_t used)
{
	known_lineage_clear(&known);
	known_lineage_make(&known, 60 * DAY + used, 90 * DAY);
	lineage = known.lineage;
	return setback_priority(lineage, NOW);
}

START_TEST(a_fault_of_the_network_is_tried_again_within_minutes)
{
	fail_with(ERROR_TRANSIENT, 0);
	ck_assert_int_ge(waited(), 30);
	ck_assert_int_le(waited(), 90);
}
END_TEST

START_TEST(what_a_human_must_mend_waits_for_a_day)
{
	fail_with(ERROR_REFUSED, 0);
	ck_assert_int_ge(waited(), 12 * HOUR);
}
END_TEST

START_TEST(the_ca_may_name_a_time)
{
	fail_with(ERROR_LIMITED, (double)(3 * HOUR));
	ck_assert_int_ge(waited(), 3 * HOUR);
	ck_assert_int_le(waited(), 4 * HOUR);
}
END_TEST

START_TEST(a_wait_is_at_most_an_eighth_of_what_is_left)
{
	known_lineage_clear(&known);
	known_lineage_make(&known, 90 * DAY - 8 * HOUR, 90 * DAY);
	lineage = known.lineage;
	fail_with(ERROR_REFUSED, 0);
	ck_assert_int_le(waited(), HOUR);
}
END_TEST

static const char *next_try(int64_t *when)
{
	static char words[SETBACK_WORDS_SIZE];

	lineage->job = JOB_ISSUE;
	*when = setback_next_try(lineage, NOW, words);
	return words;
}

START_TEST(what_is_told_of_the_next_try_is_the_plan)
{
	struct config_certificate *certificate = &known.certificate;
	struct renewal_window closed = {
		.days = 0x7f, .start = 0, .end = 1, .utc = true};
	int64_t when = 0;

	fail_with(ERROR_TRANSIENT, 600);
	ck_assert_msg(strncmp(next_try(&when), "next try in 1", 13) == 0, "%s",
		next_try(&when));
	ck_assert_int_eq(when, lineage->not_before);
	certificate->windows = &closed;
	certificate->window_count = 1;
	lineage->job = JOB_NONE;
	int64_t planned = plan_next(lineage, NOW).when;
	ck_assert_int_gt(planned, lineage->not_before);
	next_try(&when);
	ck_assert_int_eq(when, planned);
	lineage->is_held = true;
	ck_assert_str_eq(next_try(&when), "not tried again: on hold");
	ck_assert_int_eq(when, 0);
	known_lineage_set_missing(&known);
	next_try(&when);
	ck_assert_int_eq(when, lineage->not_before);
}
END_TEST

START_TEST(it_gets_louder_as_the_slack_is_used_up)
{
	ck_assert_int_eq(priority_at(1 * DAY), LOG_NOTICE);
	ck_assert_int_eq(priority_at(8 * DAY), LOG_WARNING);
	ck_assert_int_eq(priority_at(16 * DAY), LOG_ERR);
	ck_assert_int_eq(priority_at(23 * DAY), LOG_CRIT);
	ck_assert_int_eq(priority_at(31 * DAY), LOG_EMERG);
}
END_TEST

START_TEST(without_a_certificate_it_is_a_warning)
{
	known_lineage_set_missing(&known);
	ck_assert_int_eq(setback_priority(lineage, NOW), LOG_WARNING);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("setback");
	TCase *tests = tcase_create("setback");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(
		tests, a_fault_of_the_network_is_tried_again_within_minutes);
	tcase_add_test(tests, what_a_human_must_mend_waits_for_a_day);
	tcase_add_test(tests, the_ca_may_name_a_time);
	tcase_add_test(tests, a_wait_is_at_most_an_eighth_of_what_is_left);
	tcase_add_test(tests, what_is_told_of_the_next_try_is_the_plan);
	tcase_add_test(tests, it_gets_louder_as_the_slack_is_used_up);
	tcase_add_test(tests, without_a_certificate_it_is_a_warning);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
