/* SPDX-License-Identifier: MIT */
#include "plan.h"

#include "known_lineage.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>

static struct known_lineage known;
static char csr[] = "MAA"; /* it only has to be another one */
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

static void made_anew(int64_t age, int64_t lifetime)
{
	known_lineage_clear(&known);
	known_lineage_make(&known, age, lifetime);
	lineage = known.lineage;
}

static struct plan expect(enum plan_action action, int64_t when)
{
	struct plan plan = plan_next(lineage, NOW);

	ck_assert_int_eq(plan.action, action);
	ck_assert_int_eq(plan.when, when);
	ck_assert(*plan.why);
	return plan;
}

static bool is_state(const char *word)
{
	char state[PLAN_STATE_SIZE];

	plan_state(lineage, NOW, state);
	if (!streq(state, word))
		fprintf(stderr, "the state is '%s'\n", state);
	return streq(state, word);
}

static void set_window(const char *text)
{
	static struct renewal_window window;

	ck_assert(renewal_window_parse(text, &window));
	known.certificate.windows = &window;
	known.certificate.window_count = 1;
}

static void set_failed(unsigned failures, int64_t not_before)
{
	lineage->failures = failures;
	lineage->not_before = not_before;
	lineage->err.kind = ERROR_TRANSIENT;
}

/* When it is due. */

START_TEST(ninety_days_are_renewed_thirty_before_the_end)
{
	int64_t when = lineage->facts.not_after - plan_slack(lineage);

	ck_assert_int_ge(plan_slack(lineage), 30 * DAY - 1);
	ck_assert_int_le(plan_slack(lineage), 30 * DAY);
	expect(PLAN_ISSUE, when);
	ck_assert_int_eq(plan_renewal_time(lineage), when);
}
END_TEST

START_TEST(what_is_due_is_in_the_past)
{
	made_anew(70 * DAY, 90 * DAY);
	ck_assert_int_lt(plan_next(lineage, NOW).when, NOW);
	ck_assert_int_eq(plan_next(lineage, NOW).action, PLAN_ISSUE);
}
END_TEST

START_TEST(what_is_due_and_nobody_has_in_mind_is_forgotten)
{
	made_anew(70 * DAY, 90 * DAY);
	lineage->due = NOW - 10 * DAY;
	ck_assert(!plan_is_forgotten(lineage, NOW));
	lineage->due = INT64_MAX;
	ck_assert(plan_is_forgotten(lineage, NOW));
	lineage->job = JOB_ISSUE;
	ck_assert(!plan_is_forgotten(lineage, NOW));
	lineage->job = JOB_NONE;
	lineage->is_held = true;
	lineage->held_until = NOW + 1;
	ck_assert(!plan_is_forgotten(lineage, NOW));
}
END_TEST

START_TEST(nothing_installed_asks_for_a_placeholder)
{
	known_lineage_set_missing(&known);
	expect(PLAN_PLACEHOLDER, 0);
}
END_TEST

static void is_damaged(void)
{
	known_lineage_set_missing(&known);
	lineage->damage = mem_new(sizeof(*lineage->damage));
}

START_TEST(what_is_damaged_is_issued_anew)
{
	is_damaged();
	ck_assert_str_eq(
		expect(PLAN_ISSUE, 0).why, "what is installed is damaged");
	lineage->staged = 2;
	expect(PLAN_SWITCH, 0);
	lineage->staged = 0;
	lineage->is_held = true;
	expect(PLAN_NOTHING, INT64_MAX);
}
END_TEST

START_TEST(what_is_damaged_again_and_again_is_issued_a_gap_apart)
{
	is_damaged();
	lineage->issued[0] = NOW - HOUR;
	expect(PLAN_ISSUE, NOW + 11 * HOUR);
	lineage->is_forced = true;
	expect(PLAN_ISSUE, 0);
}
END_TEST

START_TEST(no_placeholder_when_none_is_wanted)
{
	known_lineage_set_missing(&known);
	known.certificate.placeholder = false;
	expect(PLAN_ISSUE, 0);
}
END_TEST

START_TEST(a_placeholder_that_failed_waits)
{
	known_lineage_set_missing(&known);
	lineage->placeholder_after = NOW + 60;
	expect(PLAN_PLACEHOLDER, NOW + 60);
}
END_TEST

START_TEST(a_placeholder_is_replaced_at_once)
{
	known_lineage_set_placeholder(&known);
	expect(PLAN_ISSUE, 0);
}
END_TEST

START_TEST(an_orphan_is_left_alone)
{
	lineage->certificate = NULL;
	lineage->deploy.step = DEPLOY_EXPORT;
	lineage->is_forced = true;
	expect(PLAN_NOTHING, INT64_MAX);
	ck_assert_int_gt(plan_slack(lineage), 0);
}
END_TEST

START_TEST(before_it_is_loaded_nothing_is_known)
{
	made_anew(95 * DAY, 90 * DAY);
	lineage->is_loaded = false;
	expect(PLAN_NOTHING, INT64_MAX);
	lineage->unread = mem_new(sizeof(*lineage->unread));
	ck_assert_str_eq(expect(PLAN_NOTHING, INT64_MAX).why,
		"its state cannot be read");
}
END_TEST

START_TEST(what_is_worked_on_has_no_next)
{
	lineage->job = JOB_DEPLOY;
	expect(PLAN_NOTHING, INT64_MAX);
}
END_TEST

/* Changes. */

START_TEST(other_names_are_issued_anew)
{
	known.certificate.identifier_count = 2;
	expect(PLAN_ISSUE, 0);
}
END_TEST

/* The CA has added one by itself (C03): it does so each time. */
START_TEST(names_that_nobody_asked_for_are_no_change)
{
	known.certificate.identifier_count = 1;
	lineage_set_asked(lineage, &known.certificate);
	lineage->facts.identifier_count = 2;
	ck_assert_int_gt(plan_next(lineage, NOW).when, NOW);
}
END_TEST

START_TEST(a_name_that_was_asked_for_and_is_not_wanted_any_more_is_a_change)
{
	known.certificate.identifier_count = 2;
	lineage_set_asked(lineage, &known.certificate);
	known.certificate.identifier_count = 1;
	lineage->facts.identifier_count = 2;
	expect(PLAN_ISSUE, 0);
}
END_TEST

/* As after a roll-back. */
START_TEST(a_name_that_was_asked_for_and_is_not_there_is_a_change)
{
	known.certificate.identifier_count = 2;
	lineage_set_asked(lineage, &known.certificate);
	expect(PLAN_ISSUE, 0);
}
END_TEST

START_TEST(another_type_of_key_is_issued_anew)
{
	known.certificate.key = KEY_RSA_2048;
	ck_assert_ptr_nonnull(strstr(expect(PLAN_ISSUE, 0).why, "key"));
}
END_TEST

START_TEST(another_request_is_issued_anew)
{
	known.certificate.csr = csr;
	ck_assert_ptr_nonnull(strstr(
		expect(PLAN_ISSUE, 0).why, "its request (CSR=) has changed"));
	csr_hash(csr, lineage->request);
	ck_assert_int_gt(plan_next(lineage, NOW).when, NOW);
	known.certificate.csr = NULL;
	ck_assert_ptr_nonnull(strstr(
		expect(PLAN_ISSUE, 0).why, "its key is not on this machine"));
}
END_TEST

START_TEST(a_key_that_we_cannot_name_is_kept)
{
	lineage->facts.key_type[0] = '\0';
	ck_assert_int_gt(plan_next(lineage, NOW).when, NOW);
}
END_TEST

/* Gaps. */

START_TEST(two_issuances_lie_a_gap_apart)
{
	known.certificate.identifier_count = 2;
	lineage->issued[0] = NOW - HOUR;
	expect(PLAN_ISSUE, NOW + 11 * HOUR);
}
END_TEST

START_TEST(a_short_life_has_a_short_gap)
{
	made_anew(13 * HOUR, DAY);
	lineage->issued[0] = NOW - 1000;
	expect(PLAN_ISSUE, NOW - 1000 + DAY / 20);
}
END_TEST

START_TEST(a_week_holds_three)
{
	known.certificate.identifier_count = 2;
	lineage->issued[0] = NOW - DAY;
	lineage->issued[1] = NOW - 2 * DAY;
	lineage->issued[2] = NOW - 3 * DAY;
	expect(PLAN_ISSUE, NOW + 4 * DAY);
}
END_TEST

START_TEST(a_week_holds_more_of_six_days)
{
	made_anew(4 * DAY, 6 * DAY);
	lineage->issued[0] = NOW - 13 * HOUR;
	lineage->issued[1] = NOW - 2 * DAY;
	lineage->issued[2] = NOW - 3 * DAY;
	ck_assert_int_le(plan_next(lineage, NOW).when, NOW);
}
END_TEST

START_TEST(only_a_human_passes_gap_and_backoff)
{
	lineage->issued[0] = NOW - 1;
	set_failed(3, NOW + DAY);
	lineage->is_forced = true;
	expect(PLAN_ISSUE, 0);
}
END_TEST

/* Failures. */

START_TEST(a_failure_waits_for_its_time)
{
	made_anew(70 * DAY, 90 * DAY);
	set_failed(2, NOW + 300);
	expect(PLAN_ISSUE, NOW + 300);
}
END_TEST

START_TEST(a_wait_of_a_clock_that_was_ahead_is_none)
{
	made_anew(70 * DAY, 90 * DAY);
	set_failed(2, NOW + 3650 * (int64_t)DAY);
	ck_assert_int_lt(plan_next(lineage, NOW).when, NOW);
}
END_TEST

START_TEST(a_limit_of_a_clock_that_was_ahead_is_none)
{
	static char limit[] = "a limit";

	made_anew(70 * DAY, 90 * DAY);
	lineage->paced_by = limit;
	lineage->paced_since = NOW - 10;
	lineage->paced_until = NOW + 300;
	expect(PLAN_ISSUE, NOW + 300);
	lineage->paced_since = NOW + 3650 * (int64_t)DAY;
	lineage->paced_until = lineage->paced_since + 300;
	ck_assert_int_lt(plan_next(lineage, NOW).when, NOW);
	lineage->paced_by = NULL;
}
END_TEST

/* Else it would be begun, and held back, over and over. */
START_TEST(an_order_in_flight_waits_for_a_limit_too)
{
	static char limit[] = "a limit";

	made_anew(70 * DAY, 90 * DAY);
	lineage->order = json_object();
	lineage->is_interrupted = true;
	set_failed(2, NOW + 60);
	expect(PLAN_ISSUE, 0);
	lineage->paced_by = limit;
	lineage->paced_since = NOW;
	lineage->paced_until = NOW + 300;
	expect(PLAN_ISSUE, NOW + 300);
	ck_assert_str_eq(plan_next(lineage, NOW).why, "a limit is used up");
	lineage->paced_by = NULL;
}
END_TEST

START_TEST(a_wait_without_failures_is_none)
{
	made_anew(70 * DAY, 90 * DAY);
	lineage->not_before = NOW + 300;
	ck_assert_int_lt(plan_next(lineage, NOW).when, NOW);
}
END_TEST

START_TEST(what_was_asked_for_before_the_date_is_tried_again)
{
	set_failed(1, NOW + 60);
	expect(PLAN_ISSUE, NOW + 60);
}
END_TEST

START_TEST(an_order_in_flight_is_followed_before_the_date)
{
	made_anew(10 * DAY, 90 * DAY);
	set_failed(1, NOW + 300);
	lineage->order = json_object();
	expect(PLAN_ISSUE, NOW + 300);
}
END_TEST

START_TEST(an_interrupted_order_goes_on_at_once)
{
	made_anew(70 * DAY, 90 * DAY);
	set_failed(1, NOW + 300);
	lineage->order = json_object();
	expect(PLAN_ISSUE, NOW + 300);
	lineage->is_interrupted = true;
	expect(PLAN_ISSUE, 0);
}
END_TEST

/* Hold. */

START_TEST(a_hold_stops_renewing_and_not_deploying)
{
	made_anew(85 * DAY, 90 * DAY);
	lineage->is_held = true;
	expect(PLAN_NOTHING, INT64_MAX);
	lineage->deploy.step = DEPLOY_RELOAD;
	expect(PLAN_DEPLOY, 0);
}
END_TEST

START_TEST(a_hold_ends_at_its_date)
{
	made_anew(70 * DAY, 90 * DAY);
	lineage->is_held = true;
	lineage->held_until = NOW + 1;
	expect(PLAN_NOTHING, INT64_MAX);
	lineage->held_until = NOW;
	ck_assert_int_eq(plan_next(lineage, NOW).action, PLAN_ISSUE);
}
END_TEST

START_TEST(force_passes_a_hold)
{
	lineage->is_held = true;
	lineage->is_forced = true;
	expect(PLAN_ISSUE, 0);
}
END_TEST

/* Windows. 2027-01-15 is a Friday, NOW is 08:00 UTC. */

START_TEST(a_renewal_waits_for_its_window)
{
	made_anew(61 * DAY, 90 * DAY);
	set_window("Sat 02:00-05:00 UTC");
	struct plan plan = expect(PLAN_ISSUE, NOW + 18 * HOUR);
	ck_assert_ptr_nonnull(strstr(plan.why, "window"));
	ck_assert(!plan.is_urgent);
}
END_TEST

START_TEST(inside_a_window_nothing_waits)
{
	made_anew(89 * DAY, 90 * DAY);
	set_window("Fri 07:00-09:00 UTC");
	ck_assert_int_lt(plan_next(lineage, NOW).when, NOW);
	ck_assert(!plan_next(lineage, NOW).is_urgent);
}
END_TEST

START_TEST(a_window_that_is_too_late_is_ignored)
{
	made_anew(74 * DAY, 90 * DAY);
	set_window("Thu 02:00-05:00 UTC");
	struct plan plan = plan_next(lineage, NOW);
	ck_assert_int_lt(plan.when, NOW);
	ck_assert(plan.is_urgent);
}
END_TEST

START_TEST(the_first_issue_does_not_wait_for_a_window)
{
	known_lineage_set_placeholder(&known);
	set_window("Sat 02:00-05:00 UTC");
	expect(PLAN_ISSUE, 0);
}
END_TEST

START_TEST(the_deployment_behind_an_issuance_does_not_wait)
{
	set_window("Sat 02:00-05:00 UTC");
	lineage->deploy.step = DEPLOY_EXPORT;
	lineage->deploy.deadline = NOW + 29 * DAY;
	expect(PLAN_DEPLOY, 0);
}
END_TEST

START_TEST(a_deployment_that_failed_waits_for_a_window)
{
	set_window("Sat 02:00-05:00 UTC");
	lineage->deploy.step = DEPLOY_RELOAD;
	lineage->deploy.failures = 1;
	lineage->deploy.next = NOW + 60;
	lineage->deploy.deadline = NOW + 29 * DAY;
	expect(PLAN_DEPLOY, NOW + 18 * HOUR);
	lineage->deploy.deadline = NOW + 15 * DAY;
	ck_assert(expect(PLAN_DEPLOY, NOW + 60).is_urgent);
}
END_TEST

/* Switch and deployment. */

START_TEST(a_staged_version_is_switched_in_first)
{
	lineage->staged = 2;
	lineage->deploy.step = DEPLOY_EXPORT;
	expect(PLAN_SWITCH, 0);
}
END_TEST

START_TEST(a_switch_that_failed_waits)
{
	lineage->staged = 2;
	set_failed(1, NOW + 60);
	expect(PLAN_SWITCH, NOW + 60);
}
END_TEST

START_TEST(deploying_comes_before_issuing)
{
	made_anew(70 * DAY, 90 * DAY);
	lineage->deploy.step = DEPLOY_EXPORT;
	expect(PLAN_DEPLOY, 0);
}
END_TEST

START_TEST(a_failed_deployment_never_orders)
{
	lineage->deploy.step = DEPLOY_RELOAD;
	lineage->deploy.outcome = DEPLOY_FAILED;
	lineage->deploy.failures = 20;
	lineage->deploy.next = NOW + 3600;
	expect(PLAN_DEPLOY, NOW + 3600);
}
END_TEST

START_TEST(a_deployment_that_waits_does_not_stop_a_renewal)
{
	made_anew(70 * DAY, 90 * DAY);
	lineage->deploy.step = DEPLOY_RELOAD;
	lineage->deploy.outcome = DEPLOY_WAITS;
	lineage->deploy.next = NOW + 60;
	ck_assert_int_eq(plan_next(lineage, NOW).action, PLAN_ISSUE);
}
END_TEST

static char mistake[] = "x.conf:1: unknown key";

static void set_waiting(enum deploy_step step)
{
	lineage->waits_for_file = mistake;
	lineage->deploy.step = step;
	lineage->deploy.outcome = DEPLOY_WAITS;
	lineage->deploy.next = NOW + 60;
}

/* Else its services would be reloaded each minute, for as long as a mistake
 * lasts. */
START_TEST(what_waits_for_its_file_is_not_tried_again)
{
	set_waiting(_i ? DEPLOY_HOOK : DEPLOY_EXPORT);
	expect(PLAN_ISSUE, plan_renewal_time(lineage));
	lineage->is_held = true;
	expect(PLAN_NOTHING, INT64_MAX);
	lineage->waits_for_file = NULL;
	expect(PLAN_DEPLOY, NOW + 60);
}
END_TEST

START_TEST(what_waits_for_more_than_its_file_is_tried_again)
{
	set_waiting(DEPLOY_RELOAD); /* for a unit */
	expect(PLAN_DEPLOY, NOW + 60);
	set_waiting(DEPLOY_EXPORT);
	lineage->deploy.next = 0; /* somebody asks */
	expect(PLAN_DEPLOY, 0);
	lineage->deploy.outcome = DEPLOY_FAILED;
	lineage->deploy.failures = 1;
	lineage->deploy.next = NOW + 3600;
	expect(PLAN_DEPLOY, NOW + 3600);
	lineage->waits_for_file = NULL;
}
END_TEST

/* The words of `status` (contract, "States"). */

START_TEST(the_states_are_told_apart)
{
	ck_assert(is_state("ok"));
	lineage->deploy.outcome = DEPLOY_UNPROVEN;
	ck_assert(is_state("installed, unproven"));
	lineage->deploy.outcome = DEPLOY_WAITS;
	strcpy(lineage->deploy.waits_for, "nginx.service");
	ck_assert(is_state("installed, waits for nginx.service"));
	lineage->is_held = true;
	ck_assert(is_state("on hold"));
	lineage->deploy.failures = 1;
	ck_assert(is_state("failing"));
	lineage->deploy.failures = 0;
	lineage->job = JOB_ISSUE;
	ck_assert(is_state("renewing"));
	lineage->certificate = NULL;
	ck_assert(is_state("orphan"));
	lineage->waits_for_file = strdup("x.conf:1: unknown key");
	ck_assert(is_state("failing"));
}
END_TEST

START_TEST(what_was_never_seen_is_not_ok)
{
	lineage->deploy.step = DEPLOY_EXPORT;
	ck_assert(is_state("installed, unproven"));
}
END_TEST

START_TEST(a_placeholder_is_shown_as_such)
{
	known_lineage_set_placeholder(&known);
	ck_assert(is_state("placeholder"));
	known_lineage_set_missing(&known);
	ck_assert(is_state("renewing"));
	set_failed(1, NOW + 60);
	ck_assert(is_state("failing"));
}
END_TEST

START_TEST(what_fails_does_so_until_it_is_well)
{
	known_lineage_set_placeholder(&known);
	set_failed(1, NOW + 60);
	ck_assert(is_state("failing"));
	lineage->job = JOB_ISSUE;
	ck_assert(is_state("failing"));
	lineage->is_held = true;
	ck_assert(is_state("failing"));
}
END_TEST

START_TEST(half_of_the_slack_is_soon)
{
	made_anew(74 * DAY, 90 * DAY);
	ck_assert(is_state("ok"));
	made_anew(76 * DAY, 90 * DAY);
	ck_assert(is_state("soon"));
	ck_assert_int_lt(plan_warn_time(lineage), NOW);
}
END_TEST

START_TEST(expiry_is_the_worst_and_hold_does_not_hide_it)
{
	made_anew(91 * DAY, 90 * DAY);
	lineage->is_held = true;
	set_failed(9, NOW + 60);
	ck_assert(is_state("expired"));
}
END_TEST

START_TEST(nothing_has_expired_by_a_clock_that_was_found_wrong)
{
	made_anew(91 * DAY, 90 * DAY);
	set_failed(1, NOW + 60);
	strcpy(lineage->err.code, "C1");
	ck_assert(is_state("failing"));
	lineage->is_held = true; /* no attempt will say otherwise */
	ck_assert(is_state("expired"));
	lineage->is_held = false;
	strcpy(lineage->err.code, "N1");
	ck_assert(is_state("expired"));
	strcpy(lineage->err.code, "C1");
	lineage->failures = 0;
	ck_assert(is_state("expired"));
}
END_TEST

/* The clock was hours ahead, and is right again. */
START_TEST(what_failed_for_the_clock_does_not_wait_for_the_wrong_date)
{
	made_anew(70 * DAY, 90 * DAY);
	set_failed(1, NOW + 21600);
	expect(PLAN_ISSUE, NOW + 21600);
	lineage->err.kind = ERROR_LOCAL;
	strcpy(lineage->err.code, "C1");
	ck_assert_int_le(plan_next(lineage, NOW).when, NOW);
	lineage->not_before = NOW + 60;
	expect(PLAN_ISSUE, NOW + 60);
	lineage->not_before = NOW + 21600;
	lineage->err.kind = ERROR_VALIDATION; /* the CA has counted it */
	expect(PLAN_ISSUE, NOW + 21600);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan");
	TCase *tests = tcase_create("plan");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, ninety_days_are_renewed_thirty_before_the_end);
	tcase_add_test(tests, what_is_due_is_in_the_past);
	tcase_add_test(tests, what_is_due_and_nobody_has_in_mind_is_forgotten);
	tcase_add_test(tests, nothing_installed_asks_for_a_placeholder);
	tcase_add_test(tests, what_is_damaged_is_issued_anew);
	tcase_add_test(
		tests, what_is_damaged_again_and_again_is_issued_a_gap_apart);
	tcase_add_test(tests, no_placeholder_when_none_is_wanted);
	tcase_add_test(tests, a_placeholder_that_failed_waits);
	tcase_add_test(tests, a_placeholder_is_replaced_at_once);
	tcase_add_test(tests, an_orphan_is_left_alone);
	tcase_add_test(tests, before_it_is_loaded_nothing_is_known);
	tcase_add_test(tests, what_is_worked_on_has_no_next);
	tcase_add_test(tests, other_names_are_issued_anew);
	tcase_add_test(tests, names_that_nobody_asked_for_are_no_change);
	tcase_add_test(tests,
		a_name_that_was_asked_for_and_is_not_wanted_any_more_is_a_change);
	tcase_add_test(
		tests, a_name_that_was_asked_for_and_is_not_there_is_a_change);
	tcase_add_test(tests, another_type_of_key_is_issued_anew);
	tcase_add_test(tests, another_request_is_issued_anew);
	tcase_add_test(tests, a_key_that_we_cannot_name_is_kept);
	tcase_add_test(tests, two_issuances_lie_a_gap_apart);
	tcase_add_test(tests, a_short_life_has_a_short_gap);
	tcase_add_test(tests, a_week_holds_three);
	tcase_add_test(tests, a_week_holds_more_of_six_days);
	tcase_add_test(tests, only_a_human_passes_gap_and_backoff);
	tcase_add_test(tests, a_failure_waits_for_its_time);
	tcase_add_test(tests, a_wait_of_a_clock_that_was_ahead_is_none);
	tcase_add_test(tests, a_limit_of_a_clock_that_was_ahead_is_none);
	tcase_add_test(tests, an_order_in_flight_waits_for_a_limit_too);
	tcase_add_test(tests, a_wait_without_failures_is_none);
	tcase_add_test(
		tests, what_was_asked_for_before_the_date_is_tried_again);
	tcase_add_test(tests, an_order_in_flight_is_followed_before_the_date);
	tcase_add_test(tests, an_interrupted_order_goes_on_at_once);
	tcase_add_test(tests, a_hold_stops_renewing_and_not_deploying);
	tcase_add_test(tests, a_hold_ends_at_its_date);
	tcase_add_test(tests, force_passes_a_hold);
	tcase_add_test(tests, a_renewal_waits_for_its_window);
	tcase_add_test(tests, inside_a_window_nothing_waits);
	tcase_add_test(tests, a_window_that_is_too_late_is_ignored);
	tcase_add_test(tests, the_first_issue_does_not_wait_for_a_window);
	tcase_add_test(tests, the_deployment_behind_an_issuance_does_not_wait);
	tcase_add_test(tests, a_deployment_that_failed_waits_for_a_window);
	tcase_add_test(tests, a_staged_version_is_switched_in_first);
	tcase_add_test(tests, a_switch_that_failed_waits);
	tcase_add_test(tests, deploying_comes_before_issuing);
	tcase_add_test(tests, a_failed_deployment_never_orders);
	tcase_add_test(tests, a_deployment_that_waits_does_not_stop_a_renewal);
	tcase_add_loop_test(
		tests, what_waits_for_its_file_is_not_tried_again, 0, 2);
	tcase_add_test(tests, what_waits_for_more_than_its_file_is_tried_again);
	tcase_add_test(tests, the_states_are_told_apart);
	tcase_add_test(tests, what_was_never_seen_is_not_ok);
	tcase_add_test(tests, a_placeholder_is_shown_as_such);
	tcase_add_test(tests, what_fails_does_so_until_it_is_well);
	tcase_add_test(tests, half_of_the_slack_is_soon);
	tcase_add_test(tests, expiry_is_the_worst_and_hold_does_not_hide_it);
	tcase_add_test(
		tests, nothing_has_expired_by_a_clock_that_was_found_wrong);
	tcase_add_test(tests,
		what_failed_for_the_clock_does_not_wait_for_the_wrong_date);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
