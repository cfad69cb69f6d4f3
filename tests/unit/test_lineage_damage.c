/* SPDX-License-Identifier: MIT */
#include "lineage_state.h"

#include "dead_names.h"
#include "failover.h"
#include "json.h"
#include "known_lineage.h"
#include "mem.h"
#include "path_state.h"
#include "plan.h"
#include "status.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>

/*
 * A state with all that it may have, each of its bits changed and cut at each
 * length. What is still read has the certificate renewed and deployed in time, or
 * on hold as it was; and status can be made of it.
 */

#define LATEST_WAIT (9 * DAY) /* of a failure, by any clock */

static struct known_lineage known;
static struct lineage *lineage;
static struct config_ca other_ca;
static const struct config_ca *others[] = {&other_ca};

static void configure(void)
{
	static char name[] = "other";

	other_ca = (struct config_ca){.name = name, .directory = name};
	known.certificate.others = others;
	known.certificate.other_count = 1;
	strcpy(lineage->facts.ari_id, "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE");
}

static void learn(void)
{
	struct path_state red = {.colour = PATH_RED, .when = NOW, .code = "H5"};

	renewal_info_bind(&lineage->info, lineage->facts.ari_id);
	lineage->info.start = lineage->facts.not_after - 29 * DAY;
	lineage->info.end = lineage->facts.not_after - 27 * DAY;
	lineage->info.selected = lineage->facts.not_after - 28 * DAY;
	lineage->info.confirmed = NOW;
	lineage->info.next = NOW + HOUR;
	path_state_put(lineage->paths, "example.org", &red);
	lineage->rehearsed = lineage->recorded = NOW - HOUR;
	lineage->extra_try = lineage->proven = NOW - DAY;
	dead_names_mark(&lineage->dead, "www.example.org", NOW - DAY);
	lineage->tried_all = NOW - HOUR;
	lineage_add_issuance(lineage, lineage->facts.not_before);
	lineage_set_origin(lineage, "https://ca.test/directory", "account/1");
	lineage_set_asked(lineage, lineage->certificate);
	lineage_set_subject(lineage, "subject");
	lineage->counted =
		json_pack("[{s:s, s:[s]}]", "ca", "test", "kinds", "orders");
	lineage->limited = json_pack("{s:s, s:s, s:s, s:s}", "ca", "test",
		"kind", "orders", "key", "", "until", "2027-01-15T09:00:00Z");
	lineage->revoking = json_pack("{s:i}", "version", 7);
	json_array_append_new(
		lineage->endpoints, json_string("example.org:443"));
	lineage_add_event(lineage, json_pack("{s:s}", "event", "issued"));
}

static void fail_to_deploy(void)
{
	lineage->deploy = (struct lineage_deploy){
		.step = DEPLOY_RELOAD,
		.outcome = DEPLOY_WAITS,
		.failures = 3,
		.next = NOW + HOUR,
		.deadline = NOW + 30 * DAY,
		.is_lost = true,
		.is_untold = true,
		.waits_for = "nginx.service",
	};
	fail_cause(&lineage->deploy.err, ERROR_LOCAL, "P1", "not seen");
}

static void fail_once(void)
{
	struct error err;

	fail_cause(&err, ERROR_TRANSIENT, "N2", "the CA does not answer");
	err.retry_after = 12.5;
	failover_note(lineage, &err, NOW);
	lineage_set_failure(lineage, &err);
	lineage->last_attempt = NOW;
	lineage->not_before = NOW + HOUR;
	lineage->is_running = true;
}

/* Checking. */

static void check_plan(const struct lineage *read, int64_t now)
{
	struct plan plan = plan_next(read, now);
	int64_t latest = read->facts.not_after - plan_slack(read) / 2;

	ck_assert(*plan.why);
	if (lineage->is_held && read->is_held) {
		ck_assert(plan.when < INT64_MAX || streq(plan.why, "on hold"));
		return;
	}
	bool is_deployed = read->deploy.step == DEPLOY_DONE;
	if (!is_deployed || latest < now + LATEST_WAIT)
		latest = now + LATEST_WAIT;
	ck_assert_int_ne(plan.action, PLAN_NOTHING);
	ck_assert_int_le(plan.when, latest);
}

static void check_status(const struct lineage *read)
{
	cleanup(json) json_t *status = status_of(read, NOW);
	cleanup(string) char *text = json_write(status);

	ck_assert_ptr_nonnull(text);
}

/* Is it read at all? */
static bool take_in(const char *bytes, size_t length)
{
	struct known_lineage again;
	cleanup(json) json_t *state = json_read(bytes, length, "it", NULL);

	if (!state)
		return false;
	known_lineage_make(&again, 10 * DAY, 90 * DAY);
	struct lineage *read = again.lineage;
	read->certificate = &known.certificate;
	strcpy(read->facts.ari_id, lineage->facts.ari_id);
	bool is_read = lineage_from_state(read, state, NULL);
	if (is_read)
		failover_begin(read, NOW);
	check_status(read);
	check_plan(read, NOW);
	check_plan(read, read->facts.not_after - 20 * DAY);
	check_plan(read, read->facts.not_after + DAY);
	known_lineage_clear(&again);
	return is_read;
}

static void damage_each_byte(void)
{
	cleanup(json) json_t *state = lineage_to_state(lineage);
	cleanup(string) char *text = json_write(state);
	size_t length = strlen(text);
	unsigned taken = 0;

	ck_assert_uint_gt(length, 1000);
	ck_assert(take_in(text, length));
	for (size_t i = 0; i < length; i++) {
		ck_assert(!take_in(text, i));
		for (unsigned bit = 0; bit < 8; bit++) {
			text[i] = (char)(text[i] ^ (1 << bit));
			taken += take_in(text, length);
			text[i] = (char)(text[i] ^ (1 << bit));
		}
	}
	ck_assert_uint_gt(taken, length);
}

static void set_up(void)
{
	known_lineage_make(&known, 10 * DAY, 90 * DAY);
	lineage = known.lineage;
	configure();
	learn();
}

static void tear_down(void)
{
	known_lineage_clear(&known);
}

START_TEST(what_went_well_is_renewed_in_time)
{
	damage_each_byte();
}
END_TEST

START_TEST(what_failed_is_tried_again_in_time)
{
	fail_once();
	damage_each_byte();
}
END_TEST

START_TEST(what_was_left_out_is_tried_again_in_time)
{
	known.certificate.identifier_count = 2;
	known.certificate.drop_dead_names = true;
	damage_each_byte();
}
END_TEST

START_TEST(what_is_not_deployed_is_tried_again_in_time)
{
	fail_to_deploy();
	damage_each_byte();
}
END_TEST

START_TEST(what_is_on_hold_says_so)
{
	lineage->is_held = true;
	lineage->held_until = NOW + DAY;
	damage_each_byte();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("lineage_damage");
	TCase *tests = tcase_create("lineage_damage");

	tcase_set_timeout(tests, 300);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, what_went_well_is_renewed_in_time);
	tcase_add_test(tests, what_failed_is_tried_again_in_time);
	tcase_add_test(tests, what_was_left_out_is_tried_again_in_time);
	tcase_add_test(tests, what_is_not_deployed_is_tried_again_in_time);
	tcase_add_test(tests, what_is_on_hold_says_so);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
