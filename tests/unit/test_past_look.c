/* SPDX-License-Identifier: MIT */
#include "past_look.h"

#include "json.h"
#include "known_lineage.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#undef fail

static struct known_lineage known;
static struct lineage *lineage;
static char found[256]; /* "check/verdict/code " of each */
static char said[400]; /* of the last that is not good */

/* The clock of this program. */
time_t time(time_t *result)
{
	if (result)
		*result = NOW;
	return NOW;
}

static void on_finding(void *data, const struct finding *finding)
{
	size_t length = strlen(found);

	(void)data;
	ck_assert_str_eq(finding->subject, "example.org");
	snprintf(found + length, sizeof(found) - length, "%s/%s/%s ",
		finding->check, finding_verdict_name(finding->verdict),
		finding->code);
	if (finding->verdict != FINDING_GOOD)
		snprintf(said, sizeof(said), "%s", finding->text);
}

static void set_up(void)
{
	known_lineage_make(&known, 10 * DAY, 90 * DAY);
	lineage = known.lineage;
}

static void tear_down(void)
{
	known_lineage_clear(&known);
}

static void expect(enum finding_verdict verdict, const char *wanted)
{
	const struct finding_listener listener = {.on_finding = on_finding};

	found[0] = said[0] = '\0';
	ck_assert_int_eq(past_look(NULL, lineage, &listener), verdict);
	ck_assert_str_eq(found, wanted);
}

START_TEST(what_went_well_is_good)
{
	expect(FINDING_GOOD, "attempts/good/ next/good/ ");
}
END_TEST

START_TEST(the_last_failure_is_told_with_its_cause)
{
	struct error err;

	fail_cause(&err, ERROR_VALIDATION, "H1", "port 80 is closed");
	lineage_set_failure(lineage, &err);
	lineage_set_failure(lineage, &err);
	lineage->last_attempt = NOW - HOUR;
	lineage->not_before = NOW + HOUR;
	expect(FINDING_BAD, "attempts/bad/H1 next/good/ ");
	ck_assert_str_eq(
		said, "2 failed, the last one 1h ago: port 80 is closed");
}
END_TEST

START_TEST(a_deployment_that_fails_is_told)
{
	lineage->deploy.step = DEPLOY_RELOAD;
	lineage->deploy.failures = 3;
	fail_cause(&lineage->deploy.err, ERROR_LOCAL, "P3", "it refused");
	expect(FINDING_BAD, "deployment/bad/P3 attempts/good/ next/good/ ");
	ck_assert_str_eq(said, "3 failed: it refused");
}
END_TEST

START_TEST(a_hold_is_no_renewal)
{
	lineage->is_held = true;
	expect(FINDING_BAD, "attempts/good/ next/bad/L13 ");
	ck_assert_str_eq(said, "nothing: on hold");
}
END_TEST

START_TEST(what_is_worked_on_has_no_next_and_that_is_fine)
{
	lineage->job = JOB_ISSUE;
	expect(FINDING_GOOD, "attempts/good/ next/good/ ");
}
END_TEST

START_TEST(a_limit_that_the_ca_told_is_told)
{
	lineage->limited = json_pack("{s:s, s:s, s:s, s:s}", "kind", "domain",
		"ca", "test", "key", "example.org", "until",
		"2027-01-16T08:00:00Z");
	expect(FINDING_BAD, "attempts/good/ next/good/ limits/bad/R5 ");
	ck_assert_str_eq(said,
		"limit 'domain' of CA 'test' for example.org is used up until "
		"2027-01-16T08:00:00Z");
	json_object_set_new(
		lineage->limited, "until", json_string("2027-01-15T07:00:00Z"));
	expect(FINDING_GOOD, "attempts/good/ next/good/ ");
}
END_TEST

START_TEST(an_orphan_has_no_limits)
{
	lineage->certificate = NULL;
	expect(FINDING_BAD, "attempts/good/ next/bad/L13 ");
}
END_TEST

START_TEST(a_state_that_cannot_be_read_is_said_to_be)
{
	lineage->is_loaded = false;
	expect(FINDING_UNKNOWN, "attempts/unknown/ ");
	ck_assert(text_starts_with(said, "only root can see"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("past_look");
	TCase *tests = tcase_create("past_look");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, what_went_well_is_good);
	tcase_add_test(tests, the_last_failure_is_told_with_its_cause);
	tcase_add_test(tests, a_deployment_that_fails_is_told);
	tcase_add_test(tests, a_hold_is_no_renewal);
	tcase_add_test(tests, what_is_worked_on_has_no_next_and_that_is_fine);
	tcase_add_test(tests, a_limit_that_the_ca_told_is_told);
	tcase_add_test(tests, an_orphan_has_no_limits);
	tcase_add_test(tests, a_state_that_cannot_be_read_is_said_to_be);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
