/* SPDX-License-Identifier: MIT */
#include "status.h"

#include "json.h"
#include "known_lineage.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail /* ours, not the old one of check */

static struct known_lineage known;
static struct lineage *lineage;
static json_t *status;

static void set_up(void)
{
	known_lineage_make(&known, 10 * DAY, 90 * DAY);
	lineage = known.lineage;
}

static void tear_down(void)
{
	json_decref(take(status));
	known_lineage_clear(&known);
}

static const json_t *look(const char *member)
{
	json_decref(status);
	status = status_of(lineage, NOW);
	return json_object_get(status, member);
}

static const char *word(const char *member)
{
	const char *value = json_string_value(look(member));

	return value ? value : "";
}

START_TEST(why_there_is_no_placeholder_is_told)
{
	struct error err;

	fail_cause(&err, ERROR_LOCAL, "L4", "no right");
	lineage->is_installed = false;
	lineage_set_unplaced(lineage, &err);
	ck_assert_str_eq(word("state"), "failing");
	ck_assert_str_eq(
		member_string_or(look("error"), "text", ""), "no right");
	ck_assert_int_eq(json_integer_value(look("attempts")), 0);
}
END_TEST

START_TEST(a_good_one_says_when_it_is_renewed)
{
	ck_assert_str_eq(word("name"), "example.org");
	ck_assert_str_eq(word("state"), "ok");
	ck_assert_str_eq(word("action"), "renew");
	ck_assert_str_eq(word("ca"), "test");
	ck_assert_str_eq(word("key"), "ecdsa-p256");
	ck_assert_str_eq(word("next"), member_string_or(status, "renewal", ""));
	ck_assert_ptr_null(look("error"));
	ck_assert_uint_eq(json_array_size(look("identifiers")), 1);
}
END_TEST

START_TEST(an_error_has_cause_and_remedy)
{
	struct error err;

	fail_cause(&err, ERROR_TRANSIENT, "N1", "no route");
	lineage_set_failure(lineage, &err);
	lineage->not_before = NOW + HOUR;
	const json_t *error = look("error");
	ck_assert_str_eq(member_string_or(error, "text", ""), "no route");
	ck_assert_str_eq(member_string_or(error, "code", ""), "N1");
	ck_assert(*member_string_or(error, "cause", ""));
	ck_assert(*member_string_or(error, "remedy", ""));
	ck_assert_int_eq(json_integer_value(look("attempts")), 1);
	ck_assert_str_eq(word("state"), "failing");
}
END_TEST

START_TEST(what_is_due_is_next_now)
{
	known.identifiers[0] = known.identifiers[1];
	ck_assert_str_eq(word("next"), "2027-01-15T08:00:00Z");
	ck_assert_str_eq(word("why"), "its names have changed");
}
END_TEST

START_TEST(an_orphan_shows_the_names_of_its_certificate)
{
	lineage->certificate = NULL;
	ck_assert_str_eq(word("state"), "orphan");
	ck_assert_str_eq(word("action"), "nothing");
	ck_assert_str_eq(
		json_string_value(json_array_get(look("identifiers"), 0)),
		"example.org");
	ck_assert_ptr_null(look("next"));
}
END_TEST

START_TEST(a_placeholder_says_so)
{
	known_lineage_set_placeholder(&known);
	ck_assert(json_is_true(
		json_object_get(look("installed"), "placeholder")));
	ck_assert_ptr_null(look("deploy"));
	ck_assert_str_eq(word("action"), "issue");
}
END_TEST

START_TEST(a_deployment_says_what_it_waits_for)
{
	lineage->deploy.outcome = DEPLOY_WAITS;
	strcpy(lineage->deploy.waits_for, "nginx.service");
	const json_t *deploy = look("deploy");
	ck_assert_str_eq(member_string_or(deploy, "outcome", ""), "waits");
	ck_assert_str_eq(
		member_string_or(deploy, "waits_for", ""), "nginx.service");
	ck_assert_str_eq(member_string_or(deploy, "deadline", "none"), "none");
	lineage->deploy.step = DEPLOY_RELOAD;
	lineage->deploy.deadline = NOW + DAY;
	ck_assert_str_eq(member_string_or(look("deploy"), "deadline", "none"),
		"2027-01-16T08:00:00Z");
}
END_TEST

START_TEST(a_job_is_what_is_done_now)
{
	lineage->job = JOB_ISSUE;
	ck_assert_str_eq(word("action"), "renewing");
	lineage->job = JOB_DEPLOY;
	ck_assert_str_eq(word("action"), "deploying");
}
END_TEST

START_TEST(a_hold_a_mistake_and_damage_are_shown)
{
	lineage->is_held = true;
	lineage->held_until = NOW + DAY;
	lineage->waits_for_file = mem_string("x.conf:1: no");
	lineage->problem = mem_string("L6: key and certificate differ");
	ck_assert(json_is_true(look("held")));
	ck_assert_str_eq(word("held_until"), "2027-01-16T08:00:00Z");
	ck_assert_str_eq(word("waits_for_file"), "x.conf:1: no");
	ck_assert_str_eq(word("problem"), "L6: key and certificate differ");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("status");
	TCase *tests = tcase_create("status");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, why_there_is_no_placeholder_is_told);
	tcase_add_test(tests, a_good_one_says_when_it_is_renewed);
	tcase_add_test(tests, an_error_has_cause_and_remedy);
	tcase_add_test(tests, what_is_due_is_next_now);
	tcase_add_test(tests, an_orphan_shows_the_names_of_its_certificate);
	tcase_add_test(tests, a_placeholder_says_so);
	tcase_add_test(tests, a_deployment_says_what_it_waits_for);
	tcase_add_test(tests, a_job_is_what_is_done_now);
	tcase_add_test(tests, a_hold_a_mistake_and_damage_are_shown);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
