/* SPDX-License-Identifier: MIT */
#include "lineage.h"

#include "known_lineage.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail /* ours, not the old one of check */

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

static void fail_with(enum error_kind kind)
{
	struct error err;

	fail(&err, kind, "no");
	lineage_set_failure(lineage, &err);
}

START_TEST(failures_are_counted_in_a_row_and_by_class)
{
	fail_with(ERROR_TRANSIENT);
	fail_with(ERROR_VALIDATION);
	fail_with(ERROR_TRANSIENT);
	ck_assert_uint_eq(lineage->failures, 3);
	ck_assert_uint_eq(lineage->class_failures[BACKOFF_Q1], 2);
	ck_assert_uint_eq(lineage->class_failures[BACKOFF_Q2], 1);
	ck_assert_int_eq(lineage->err.kind, ERROR_TRANSIENT);
}
END_TEST

START_TEST(success_forgets_failures_and_waits)
{
	fail_with(ERROR_TRANSIENT);
	lineage->not_before = NOW + HOUR;
	lineage_set_failure(lineage, NULL);
	ck_assert_uint_eq(lineage->failures, 0);
	ck_assert_uint_eq(lineage->class_failures[BACKOFF_Q1], 0);
	ck_assert_int_eq(lineage->not_before, 0);
	ck_assert_int_eq(lineage->err.kind, ERROR_NONE);
}
END_TEST

START_TEST(a_placeholder_that_is_not_made_is_no_attempt)
{
	json_t *facts = certificate_facts_to_json(&lineage->facts);
	cleanup(json) json_t *version =
		json_pack("{s:i, s:o}", "version", 7, "facts", facts);
	struct error err;

	fail(&err, ERROR_LOCAL, "no right");
	for (unsigned i = 1; i < 3; i++) {
		lineage_set_unplaced(lineage, &err);
		ck_assert_uint_eq(lineage->unplaced, i);
	}
	ck_assert_uint_eq(lineage->failures, 0);
	ck_assert_str_eq(lineage->misplaced->text, "no right");
	ck_assert(lineage_set_version(lineage, version, &err));
	ck_assert_uint_eq(lineage->unplaced, 0);
	ck_assert_ptr_null(lineage->misplaced);
}
END_TEST

START_TEST(the_first_subject_changes_nothing)
{
	fail_with(ERROR_TRANSIENT);
	ck_assert(!lineage_set_subject(lineage, "a"));
	ck_assert_uint_eq(lineage->failures, 1);
}
END_TEST

START_TEST(another_subject_starts_anew)
{
	lineage_set_subject(lineage, "a");
	fail_with(ERROR_TRANSIENT);
	ck_assert(!lineage_set_subject(lineage, "a"));
	ck_assert_uint_eq(lineage->failures, 1);
	ck_assert(lineage_set_subject(lineage, "b"));
	ck_assert_uint_eq(lineage->failures, 0);
	ck_assert(!lineage->is_outdated);
}
END_TEST

START_TEST(another_subject_outdates_an_attempt)
{
	lineage_set_subject(lineage, "a");
	lineage->job = JOB_ISSUE;
	ck_assert(lineage_set_subject(lineage, "b"));
	ck_assert(lineage->is_outdated);
}
END_TEST

START_TEST(the_newest_issuances_are_kept)
{
	for (int i = 1; i <= LINEAGE_ISSUANCES + 2; i++)
		lineage_add_issuance(lineage, NOW + i);
	ck_assert_int_eq(lineage->issued[0], NOW + LINEAGE_ISSUANCES + 2);
	ck_assert_int_eq(lineage->issued[LINEAGE_ISSUANCES - 1], NOW + 3);
}
END_TEST

START_TEST(the_newest_events_are_kept)
{
	for (int i = 0; i < LINEAGE_EVENTS + 5; i++)
		lineage_add_event(lineage, json_pack("{s:i}", "i", i));
	ck_assert_uint_eq(json_array_size(lineage->events), LINEAGE_EVENTS);
	const json_t *last =
		json_array_get(lineage->events, LINEAGE_EVENTS - 1);
	ck_assert_int_eq(json_integer_value(json_object_get(last, "i")),
		LINEAGE_EVENTS + 4);
}
END_TEST

START_TEST(long_events_are_fewer)
{
	char text[4001] = "";

	memset(text, 'x', sizeof(text) - 1);
	for (int i = 0; i < 30; i++)
		lineage_add_event(lineage, json_pack("{s:s}", "text", text));
	ck_assert_uint_eq(json_array_size(lineage->events), 10);
	ck_assert_uint_le(
		json_dumpb(lineage->events, NULL, 0, JSON_COMPACT), 40960);
}
END_TEST

START_TEST(the_vault_says_what_is_installed)
{
	json_t *facts = certificate_facts_to_json(&lineage->facts);
	cleanup(json) json_t *object = json_pack(
		"{s:{s:i, s:o}, s:{s:i}, s:{s:s}, s:s}", "installed", "version",
		7, "facts", facts, "staged", "version", 8, "order", "url",
		"https://ca.test/1", "problem", "damaged");
	struct error err;

	ck_assert(lineage_from_vault(lineage, object, &err));
	ck_assert_uint_eq(lineage->version, 7);
	ck_assert_uint_eq(lineage->staged, 8);
	ck_assert_str_eq(lineage->problem, "damaged");
	ck_assert_ptr_nonnull(lineage->order);
	ck_assert(lineage_has_certificate(lineage));
}
END_TEST

START_TEST(nothing_from_the_vault_is_nothing_installed)
{
	cleanup(json) json_t *object = json_pack("{s:n}", "installed");
	struct error err;

	ck_assert(lineage_from_vault(lineage, object, &err));
	ck_assert(!lineage->is_installed);
	ck_assert(!lineage_has_certificate(lineage));
	ck_assert_ptr_null(lineage->order);
}
END_TEST

START_TEST(a_vault_that_cannot_see_changes_nothing)
{
	cleanup(json) json_t *object = json_pack("{s:n, s:b, s:s}", "installed",
		"unseen", true, "problem", "a sick disk");
	struct error err;

	lineage->is_loaded = true;
	ck_assert(lineage_has_certificate(lineage));
	ck_assert(lineage_from_vault(lineage, object, &err));
	ck_assert(lineage_has_certificate(lineage));
	ck_assert_str_eq(lineage->problem, "a sick disk");
}
END_TEST

START_TEST(damage_lasts_until_there_is_a_whole_version)
{
	json_t *facts = certificate_facts_to_json(&lineage->facts);
	cleanup(json) json_t *version =
		json_pack("{s:i, s:o}", "version", 8, "facts", facts);
	cleanup(json) json_t *object =
		json_pack("{s:n, s:{s:i, s:s, s:s}}", "installed", "damaged",
			"version", 7, "code", "L6", "text", "no");
	struct error err;

	for (int i = 0; i < 2; i++)
		ck_assert(lineage_from_vault(lineage, object, &err));
	ck_assert(!lineage->is_installed);
	ck_assert_uint_eq(lineage->version, 7);
	ck_assert_str_eq(lineage->damage->code, "L6");
	ck_assert_str_eq(lineage->damage->text, "no");
	ck_assert(lineage_set_version(lineage, version, &err));
	ck_assert_ptr_null(lineage->damage);
}
END_TEST

START_TEST(a_version_without_a_number_is_refused)
{
	json_t *facts = certificate_facts_to_json(&lineage->facts);
	cleanup(json) json_t *version = json_pack("{s:o}", "facts", facts);
	struct error err;

	ck_assert(!lineage_set_version(lineage, version, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "'example.org'"));
	ck_assert_uint_eq(lineage->version, 1);
}
END_TEST

START_TEST(a_placeholder_is_no_certificate)
{
	known_lineage_set_placeholder(&known);
	ck_assert(!lineage_has_certificate(lineage));
}
END_TEST

START_TEST(what_was_seen_on_the_wire_is_remembered)
{
	struct lineage_deploy *deploy = &lineage->deploy;

	deploy->step = DEPLOY_DONE;
	deploy->outcome = DEPLOY_SERVED;
	ck_assert(lineage_was_served(lineage));
	deploy->outcome = DEPLOY_UNPROVEN;
	ck_assert(!lineage_was_served(lineage));
	deploy->step = DEPLOY_VERIFY;
	deploy->outcome = DEPLOY_FAILED;
	ck_assert(!lineage_was_served(lineage));
	deploy->is_lost = true;
	fail_cause(&deploy->err, ERROR_LOCAL, "P8", "an old file");
	ck_assert(lineage_was_served(lineage));
	fail_cause(&deploy->err, ERROR_LOCAL, "P1", "nobody has read it");
	ck_assert(!lineage_was_served(lineage));
}
END_TEST

START_TEST(the_one_before_is_served_until_another_is)
{
	struct lineage_deploy *deploy = &lineage->deploy;

	deploy->deadline = NOW + DAY;
	deploy->step = DEPLOY_RELOAD;
	deploy->outcome = DEPLOY_WAITS;
	ck_assert_int_eq(lineage_deadline(lineage), NOW + DAY);
	deploy->step = DEPLOY_DONE;
	deploy->outcome = DEPLOY_UNPROVEN;
	ck_assert_int_eq(lineage_deadline(lineage), 0);
	deploy->step = DEPLOY_RELOAD;
	deploy->outcome = DEPLOY_FAILED;
	deploy->is_lost = true;
	fail_cause(&deploy->err, ERROR_LOCAL, "P1", "nobody has read it");
	ck_assert_int_eq(lineage_deadline(lineage), NOW + DAY);
	fail_cause(&deploy->err, ERROR_LOCAL, "P8", "an old file");
	ck_assert_int_eq(lineage_deadline(lineage), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("lineage");
	TCase *tests = tcase_create("lineage");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, failures_are_counted_in_a_row_and_by_class);
	tcase_add_test(tests, success_forgets_failures_and_waits);
	tcase_add_test(tests, a_placeholder_that_is_not_made_is_no_attempt);
	tcase_add_test(tests, the_first_subject_changes_nothing);
	tcase_add_test(tests, another_subject_starts_anew);
	tcase_add_test(tests, another_subject_outdates_an_attempt);
	tcase_add_test(tests, the_newest_issuances_are_kept);
	tcase_add_test(tests, the_newest_events_are_kept);
	tcase_add_test(tests, long_events_are_fewer);
	tcase_add_test(tests, the_vault_says_what_is_installed);
	tcase_add_test(tests, nothing_from_the_vault_is_nothing_installed);
	tcase_add_test(tests, a_vault_that_cannot_see_changes_nothing);
	tcase_add_test(tests, damage_lasts_until_there_is_a_whole_version);
	tcase_add_test(tests, a_version_without_a_number_is_refused);
	tcase_add_test(tests, a_placeholder_is_no_certificate);
	tcase_add_test(tests, what_was_seen_on_the_wire_is_remembered);
	tcase_add_test(tests, the_one_before_is_served_until_another_is);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
