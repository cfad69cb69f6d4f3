/* SPDX-License-Identifier: MIT */
#include "lineage_state.h"

#include "json.h"
#include "known_lineage.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>

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

/* What a restart makes of it. */
static struct lineage *restarted(void)
{
	cleanup(json) json_t *state = lineage_to_state(lineage);
	cleanup(string) char *text = json_dumps(state, 0);
	cleanup(json) json_t *read = json_loads(text, 0, NULL);
	struct lineage *other = lineage_new("example.org");

	ck_assert(lineage_from_state(other, read, NULL));
	return other;
}

START_TEST(attempts_outlive_a_restart)
{
	struct error err;

	fail_cause(&err, ERROR_VALIDATION, "H2", "port 80 is taken");
	err.retry_after = 12.5;
	lineage_set_failure(lineage, &err);
	lineage->is_running = true;
	lineage->last_attempt = NOW;
	lineage->not_before = NOW + HOUR;
	lineage->seed = 0.25;
	lineage->subject = mem_string("subject");
	lineage_set_asked(lineage, lineage->certificate);
	lineage_add_issuance(lineage, NOW - DAY);
	struct lineage *other = restarted();
	ck_assert_uint_eq(other->failures, 1);
	ck_assert_uint_eq(other->class_failures[backoff_class_of(&err)], 1);
	ck_assert_int_eq(other->err.kind, ERROR_VALIDATION);
	ck_assert_str_eq(other->err.code, "H2");
	ck_assert_str_eq(other->err.text, "port 80 is taken");
	ck_assert_double_eq(other->err.retry_after, 12.5);
	ck_assert(other->is_running);
	ck_assert_int_eq(other->last_attempt, NOW);
	ck_assert_int_eq(other->not_before, NOW + HOUR);
	ck_assert_double_eq(other->seed, 0.25);
	ck_assert_str_eq(other->subject, "subject");
	ck_assert(json_equal(other->asked, lineage->asked));
	ck_assert_int_eq(other->issued[0], NOW - DAY);
	ck_assert_int_eq(other->issued[1], 0);
	lineage_free(other);
}
END_TEST

START_TEST(what_the_limits_need_outlives_a_restart)
{
	lineage->counted =
		json_pack("[{s:s, s:[s]}]", "ca", "test", "kinds", "orders");
	lineage->limited = json_pack("{s:s}", "ca", "test");
	struct lineage *other = restarted();
	ck_assert(json_equal(other->counted, lineage->counted));
	ck_assert(json_equal(other->limited, lineage->limited));
	lineage_free(other);
}
END_TEST

START_TEST(a_deployment_outlives_a_restart)
{
	lineage->deploy = (struct lineage_deploy){
		.step = DEPLOY_RELOAD,
		.outcome = DEPLOY_WAITS,
		.failures = 3,
		.next = NOW + 60,
		.deadline = NOW + DAY,
		.is_lost = true,
		.is_owed = true,
		.is_untold = true,
		.waits_for = "nginx.service",
	};
	struct lineage *other = restarted();
	ck_assert_int_eq(other->deploy.step, DEPLOY_RELOAD);
	ck_assert_int_eq(other->deploy.outcome, DEPLOY_WAITS);
	ck_assert_uint_eq(other->deploy.failures, 3);
	ck_assert_int_eq(other->deploy.next, NOW + 60);
	ck_assert_int_eq(other->deploy.deadline, NOW + DAY);
	ck_assert(other->deploy.is_lost);
	ck_assert(other->deploy.is_owed);
	ck_assert(other->deploy.is_untold);
	ck_assert_str_eq(other->deploy.waits_for, "nginx.service");
	lineage_free(other);
}
END_TEST

START_TEST(what_was_installed_outlives_a_restart)
{
	struct lineage *other = restarted();

	ck_assert_uint_eq(other->version_before, 1);
	ck_assert_int_eq(other->expiry_before, lineage->facts.not_after);
	lineage_free(other);
	known_lineage_set_placeholder(&known);
	other = restarted();
	ck_assert_int_eq(other->expiry_before, 0);
	lineage_free(other);
}
END_TEST

START_TEST(a_hold_endpoints_and_events_outlive_a_restart)
{
	lineage->is_held = true;
	lineage->held_until = NOW + DAY;
	json_array_append_new(
		lineage->endpoints, json_string("example.org:443"));
	lineage_add_event(lineage, json_pack("{s:s}", "event", "held"));
	lineage_set_origin(lineage, "https://ca.test/directory", "account/1");
	struct lineage *other = restarted();
	ck_assert(other->is_held);
	ck_assert_int_eq(other->held_until, NOW + DAY);
	ck_assert(json_equal(other->endpoints, lineage->endpoints));
	ck_assert(json_equal(other->events, lineage->events));
	ck_assert_str_eq(other->directory, "https://ca.test/directory");
	ck_assert_str_eq(other->account, "account/1");
	lineage_free(other);
}
END_TEST

START_TEST(another_schema_is_not_read)
{
	cleanup(json) json_t *state =
		json_pack("{s:i, s:i}", "schema", 2, "failures", 5);
	struct error err = {0};

	ck_assert(!lineage_from_state(lineage, state, &err));
	ck_assert_str_eq(err.code, "L5");
	ck_assert_uint_eq(lineage->failures, 0);
}
END_TEST

START_TEST(a_date_that_cannot_be_read_is_named)
{
	cleanup(json) json_t *state =
		json_pack("{s:i, s:s, s:s}", "schema", 1, "held_until",
			"2027-01-01T00:00:00Z", "not_before", "next tuesday");
	struct error err = {0};

	ck_assert(lineage_from_state(lineage, state, &err));
	ck_assert(!lineage_state_has_dates(lineage, state, &err));
	ck_assert_str_eq(err.code, "C4");
	ck_assert_str_eq(err.text,
		"cannot read the date 'next tuesday' of 'not_before' in "
		"'state/example.org.json'");
	json_object_del(state, "not_before");
	ck_assert(lineage_state_has_dates(lineage, state, &err));
}
END_TEST

START_TEST(what_proves_a_path_outlives_a_restart)
{
	lineage->is_reusing = true;
	lineage->proven = NOW - DAY;
	lineage_note_proof(lineage, NOW);
	struct lineage *other = restarted();
	ck_assert(other->is_relied);
	ck_assert_int_eq(other->proven, NOW - DAY);
	lineage_note_proof(other, NOW);
	ck_assert(!other->is_relied);
	lineage_free(other);
}
END_TEST

START_TEST(nonsense_is_read_as_nothing)
{
	cleanup(json) json_t *state = json_loads(
		"{\"schema\":1,\"seed\":7,\"failures\":-3,"
		"\"class_failures\":[-1,\"x\",1e99],\"issued\":[5,\"x\"],"
		"\"deploy\":{\"step\":\"reload\",\"outcome\":99},"
		"\"endpoints\":[1,\"a:443\",{}],\"events\":[1,{}],"
		"\"error\":{\"kind\":\"odd\"},\"not_before\":\"soon\"}",
		0, NULL);

	ck_assert_ptr_nonnull(state);
	ck_assert(lineage_from_state(lineage, state, NULL));
	ck_assert_double_eq(lineage->seed, 0);
	ck_assert_uint_eq(lineage->failures, 0);
	ck_assert_uint_eq(lineage->class_failures[0], 0);
	ck_assert_int_eq(lineage->issued[0], 0);
	ck_assert_int_eq(lineage->deploy.outcome, DEPLOY_UNPROVEN);
	ck_assert_uint_eq(json_array_size(lineage->endpoints), 1);
	ck_assert_uint_eq(json_array_size(lineage->events), 1);
	ck_assert_int_eq(lineage->err.kind, ERROR_NONE);
	ck_assert_int_eq(lineage->not_before, 0);
}
END_TEST

START_TEST(too_many_endpoints_are_cut)
{
	for (int i = 0; i < 100; i++)
		json_array_append_new(
			lineage->endpoints, json_sprintf("h%d:443", i));
	struct lineage *other = restarted();
	ck_assert_uint_eq(json_array_size(other->endpoints), 64);
	ck_assert_str_eq(
		json_string_value(json_array_get(other->endpoints, 63)),
		"h99:443");
	lineage_free(other);
}
END_TEST

/* An umlaut lies where the room ends. */
START_TEST(a_long_name_of_a_unit_loses_no_deployment)
{
	char unit[140] = "--";

	for (size_t i = 2; i + 2 < sizeof(unit); i += 2)
		memcpy(unit + i, "\xc3\xa4", 3);
	cleanup(json) json_t *state =
		json_pack("{s:i, s:{s:s, s:i, s:s}}", "schema", 1, "deploy",
			"step", "reload", "outcome", 2, "waits_for", unit);
	ck_assert(lineage_from_state(lineage, state, NULL));
	cleanup(json) json_t *again = lineage_to_state(lineage);
	ck_assert(json_is_object(json_object_get(again, "deploy")));
}
END_TEST

START_TEST(what_was_never_asked_is_not_written)
{
	struct lineage *other = restarted();
	cleanup(json) json_t *state = lineage_to_state(other);
	ck_assert_ptr_null(json_object_get(state, "asked"));
	lineage_free(other);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("lineage_state");
	TCase *tests = tcase_create("lineage_state");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, attempts_outlive_a_restart);
	tcase_add_test(tests, what_the_limits_need_outlives_a_restart);
	tcase_add_test(tests, a_deployment_outlives_a_restart);
	tcase_add_test(tests, what_was_installed_outlives_a_restart);
	tcase_add_test(tests, a_hold_endpoints_and_events_outlive_a_restart);
	tcase_add_test(tests, another_schema_is_not_read);
	tcase_add_test(tests, a_date_that_cannot_be_read_is_named);
	tcase_add_test(tests, what_proves_a_path_outlives_a_restart);
	tcase_add_test(tests, nonsense_is_read_as_nothing);
	tcase_add_test(tests, too_many_endpoints_are_cut);
	tcase_add_test(tests, a_long_name_of_a_unit_loses_no_deployment);
	tcase_add_test(tests, what_was_never_asked_is_not_written);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
