/* SPDX-License-Identifier: MIT */
#include "fleet_saving.h"

#include "fake_helper.h"
#include "lineage_state.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail /* ours, not the old one of check */
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int64_t passed; /* seconds that no one has waited */
static bool is_turning; /* the loop */

/* The clock of the loop's timers; check has another. */
int clock_gettime(clockid_t id, struct timespec *when)
{
	if (syscall(SYS_clock_gettime, id, when) < 0)
		return -1;
	if (is_turning)
		when->tv_sec += passed;
	return 0;
}

static struct fake_helper vault;
static struct fleet fleet;
static struct lineage *lineage;
static unsigned refusals; /* still to come */
static enum error_kind kind; /* of them */
static const char *code;
static int failures; /* as the vault has it; -1: it has none */
static char told[512];
static char answered[16]; /* to the one who asked */

static void on_request(struct fake_helper *helper, const json_t *request)
{
	const json_t *state = json_object_get(request, "state");

	if (!refusals) {
		failures = (int)json_integer_value(
			json_object_get(state, "failures"));
		fake_helper_reply(helper, request, json_object());
		return;
	}
	refusals--;
	fake_helper_reply(helper, request,
		json_pack("{s:{s:s, s:s, s:s}}", "error", "kind",
			error_kind_name(kind), "code", code, "text",
			"No space left on device"));
}

static void on_event(void *data, const struct event *event)
{
	size_t length = strlen(told);

	(void)data;
	snprintf(told + length, sizeof(told) - length, "%s:%s ", event->name,
		event->err ? event->err->code : "");
}

static void on_vault_end(void *data, const struct error *err)
{
	(void)data;
	ck_abort_msg("%s", err->text);
}

static void on_asked(void *data, const json_t *reply, const struct error *err)
{
	(void)data;
	(void)reply;
	snprintf(answered, sizeof(answered), "%s", err ? err->code : "saved");
}

static void set_up(void)
{
	struct error err;

	passed = 0;
	refusals = 0;
	kind = ERROR_LOCAL;
	code = "L1";
	failures = -1;
	told[0] = '\0';
	answered[0] = '\0';
	fleet = (struct fleet){
		.loop = ev_loop_new(EVFLAG_NOTIMERFD),
		.events = events_new(),
	};
	events_listen(fleet.events, on_event, NULL);
	vault = (struct fake_helper){.on_request = on_request};
	fake_helper_start(&vault, fleet.loop, "vault");
	fleet.vault = helper_new(fleet.loop, "vault", on_vault_end, NULL, &err);
	ck_assert_msg(fleet.vault != NULL, "%s", err.text);
	lineage = fleet_add(&fleet, "a.example");
}

static void tear_down(void)
{
	fleet_clear(&fleet);
	helper_free(fleet.vault);
	fake_helper_stop(&vault);
	events_free(fleet.events);
	ev_loop_destroy(fleet.loop);
}

static void change(void)
{
	lineage->failures++;
	fleet_save(&fleet, lineage, NULL, NULL);
}

static void turn(int flags)
{
	is_turning = true;
	ev_run(fleet.loop, flags);
	is_turning = false;
}

static void settle(void)
{
	for (int i = 0; i < 4; i++)
		turn(EVRUN_NOWAIT);
}

/* Until the vault has heard so much, and its last answer was read. */
static void run_until(unsigned packets)
{
	while (vault.packets < packets)
		turn(EVRUN_ONCE);
	settle();
	ck_assert_uint_eq(vault.packets, packets);
}

static void pass(int64_t seconds)
{
	passed += seconds;
	settle();
}

/* Refused so often, each time after the longest wait. */
static void refuse(unsigned times)
{
	refusals = times;
	change();
	run_until(1);
	for (unsigned i = 1; i < times; i++) {
		pass(3600);
		run_until(i + 1);
	}
}

START_TEST(what_was_refused_is_saved_after_a_minute)
{
	refuse(1);
	ck_assert_int_eq(failures, -1);
	pass(50);
	ck_assert_uint_eq(vault.packets, 1);
	pass(11);
	run_until(2);
	ck_assert_int_eq(failures, 1);
	ck_assert_ptr_null(lineage->saving);
	pass(86400);
	ck_assert_uint_eq(vault.packets, 2);
}
END_TEST

START_TEST(what_is_refused_again_waits_longer_but_an_hour_at_most)
{
	static const int64_t WAITS[] = {
		60, 120, 240, 480, 960, 1920, 3600, 3600};
	const unsigned count = sizeof(WAITS) / sizeof(*WAITS);

	refusals = count;
	change();
	for (unsigned i = 0; i < count; i++) {
		run_until(i + 1);
		pass(WAITS[i] - 10);
		ck_assert_uint_eq(vault.packets, i + 1);
		pass(11);
	}
	run_until(count + 1);
	ck_assert_int_eq(failures, 1);
}
END_TEST

START_TEST(it_is_told_once_and_when_it_is_well)
{
	refuse(3);
	ck_assert_str_eq(told, "trouble:L1 ");
	pass(3600);
	run_until(4);
	ck_assert_str_eq(told, "trouble:L1 well: ");
}
END_TEST

START_TEST(refusals_are_counted_for_people_until_it_is_saved)
{
	refuse(3);
	ck_assert_uint_eq(lineage->refusals, 3);
	ck_assert_str_eq(lineage->unsaved->code, "L1");
	pass(3600);
	run_until(4);
	ck_assert_uint_eq(lineage->refusals, 0);
	ck_assert_ptr_null(lineage->unsaved);
}
END_TEST

START_TEST(the_cause_is_that_of_the_last_refusal)
{
	refuse(1);
	code = "L3";
	refusals = 1;
	pass(3600);
	run_until(2);
	ck_assert_str_eq(lineage->unsaved->code, "L3");
	ck_assert_str_eq(told, "trouble:L1 ");
}
END_TEST

START_TEST(a_change_does_not_wait)
{
	refuse(2);
	change();
	run_until(3);
	ck_assert_int_eq(failures, 2);
	ck_assert_ptr_null(lineage->saving);
}
END_TEST

START_TEST(changes_do_not_make_the_wait_longer)
{
	refusals = 4;
	for (unsigned i = 0; i < 4; i++) {
		change();
		run_until(i + 1);
	}
	pass(61);
	run_until(5);
	ck_assert_int_eq(failures, 4);
}
END_TEST

START_TEST(who_asks_is_answered_and_nothing_older_is_saved_afterwards)
{
	refuse(2);
	fleet_save(&fleet, lineage, on_asked, NULL);
	ck_assert_ptr_null(lineage->saving);
	run_until(3);
	ck_assert_str_eq(answered, "saved");
	pass(86400);
	ck_assert_uint_eq(vault.packets, 3);
}
END_TEST

START_TEST(who_asks_is_told_of_a_refusal_and_sees_to_it)
{
	change();
	refusals = 2;
	fleet_save(&fleet, lineage, on_asked, NULL);
	run_until(2);
	ck_assert_str_eq(answered, "L1");
	ck_assert_str_eq(told, "");
	pass(86400);
	ck_assert_uint_eq(vault.packets, 2);
}
END_TEST

/* All that a restart finds; one in between has to forget it. */
START_TEST(what_waits_is_sent_at_the_end)
{
	refuse(1);
	fleet_flush(&fleet);
	ck_assert_ptr_null(lineage->saving);
	run_until(2);
	ck_assert_int_eq(failures, 1);
}
END_TEST

START_TEST(what_is_removed_waits_no_more)
{
	refuse(1);
	fleet_remove(&fleet, lineage);
	run_until(2);
	pass(86400);
	ck_assert_uint_eq(vault.packets, 2);
}
END_TEST

START_TEST(what_the_vault_does_not_know_any_more_is_left)
{
	kind = ERROR_REFUSED;
	refuse(1);
	ck_assert_ptr_null(lineage->saving);
	ck_assert_str_eq(told, "");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("fleet_saving");
	TCase *tests = tcase_create("fleet_saving");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, what_was_refused_is_saved_after_a_minute);
	tcase_add_test(
		tests, what_is_refused_again_waits_longer_but_an_hour_at_most);
	tcase_add_test(tests, it_is_told_once_and_when_it_is_well);
	tcase_add_test(
		tests, refusals_are_counted_for_people_until_it_is_saved);
	tcase_add_test(tests, the_cause_is_that_of_the_last_refusal);
	tcase_add_test(tests, a_change_does_not_wait);
	tcase_add_test(tests, changes_do_not_make_the_wait_longer);
	tcase_add_test(tests,
		who_asks_is_answered_and_nothing_older_is_saved_afterwards);
	tcase_add_test(tests, who_asks_is_told_of_a_refusal_and_sees_to_it);
	tcase_add_test(tests, what_waits_is_sent_at_the_end);
	tcase_add_test(tests, what_is_removed_waits_no_more);
	tcase_add_test(tests, what_the_vault_does_not_know_any_more_is_left);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
