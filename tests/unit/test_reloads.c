/* SPDX-License-Identifier: MIT */
#include "reloads.h"

#include "fake_helper.h"
#include "fake_systemd.h"
#include "json.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>

static struct ev_loop *loop;
static struct fake_systemd systemd;
static struct bus *bus;
static struct reloads *reloads;

/* What the callbacks saw. */
static unsigned left; /* until the loop ends */
static unsigned answers;
static enum bus_result last;
static char last_unit[64];

static void set_up(void)
{
	fake_systemd_start(&systemd);
	answers = 0;
	loop = ev_loop_new(EVFLAG_NOENV);
	bus = bus_new(loop);
	reloads = reloads_new(loop, bus);
}

static void tear_down(void)
{
	reloads_free(reloads);
	bus_free(bus);
	ev_loop_destroy(loop);
	fake_systemd_stop(&systemd);
}

static void on_done(void *data, const struct reload_result *result)
{
	(void)data;
	ck_assert((result->result == BUS_DONE) == (result->err == NULL));
	last = result->result;
	snprintf(last_unit, sizeof(last_unit), "%s",
		result->unit ? result->unit : "");
	answers++;
	if (left && --left == 0)
		ev_break(loop, EVBREAK_ALL);
}

static void join(const char *unit)
{
	ck_assert_ptr_nonnull(reloads_join(reloads, unit, on_done, NULL));
}

static void run_until(unsigned count)
{
	left = count;
	ev_run(loop, 0);
}

static unsigned jobs_of(const char *unit)
{
	return fake_systemd_count(&systemd, "ReloadUnit", unit);
}

START_TEST(the_first_one_is_done_at_once_and_from_the_loop)
{
	ev_tstamp before = ev_time();

	join("good.service");
	ck_assert_uint_eq(answers, 0);
	run_until(1);
	ck_assert_int_eq(last, BUS_DONE);
	ck_assert(ev_time() - before < 50); /* the interval is 60 */
}
END_TEST

START_TEST(those_that_come_together_share_one_job)
{
	for (int i = 0; i < 100; i++)
		join("good.service");
	join("good-other.service");
	run_until(101);
	ck_assert_uint_eq(jobs_of("good.service"), 1);
	ck_assert_uint_eq(jobs_of("good-other.service"), 1);
}
END_TEST

START_TEST(the_next_one_waits_for_its_turn_and_is_shared_too)
{
	ev_tstamp before = ev_time();

	reloads_configure(reloads, 1);
	join("good.service");
	run_until(1);
	for (int i = 0; i < 10; i++)
		join("good.service");
	run_until(10);
	ck_assert(ev_time() - before > 0.9);
	ck_assert_uint_eq(jobs_of("good.service"), 2);
}
END_TEST

/* What comes after the job was asked for is not done by it. */
START_TEST(who_comes_while_one_is_under_way_gets_another)
{
	bus_set_deadline(bus, 0.5);
	reloads_configure(reloads, 0);
	join("stuck.service");
	while (!jobs_of("stuck.service"))
		ev_run(loop, EVRUN_ONCE);
	join("stuck.service");
	run_until(2 - answers);
	ck_assert_int_eq(last, BUS_FAILED);
	ck_assert_uint_eq(jobs_of("stuck.service"), 2);
}
END_TEST

START_TEST(a_stopped_unit_is_named_to_everyone)
{
	join("stopped.service");
	join("stopped.service");
	run_until(2);
	ck_assert_int_eq(last, BUS_NOT_RUNNING);
	ck_assert_str_eq(last_unit, "stopped.service");
}
END_TEST

START_TEST(who_leaves_is_not_told)
{
	struct reload *other =
		reloads_join(reloads, "good.service", on_done, NULL);

	join("good.service");
	reload_cancel(other);
	run_until(1);
	ck_assert_uint_eq(answers, 1);
}
END_TEST

static struct reload *victim;

static void on_done_cancel(void *data, const struct reload_result *result)
{
	reload_cancel(victim);
	on_done(data, result);
}

START_TEST(a_callback_may_make_others_leave)
{
	reloads_join(reloads, "good.service", on_done_cancel, NULL);
	victim = reloads_join(reloads, "good.service", on_done, NULL);
	run_until(1);
	join("good-other.service");
	run_until(1);
	ck_assert_uint_eq(answers, 2);
}
END_TEST

START_TEST(freed_it_tells_nobody)
{
	join("good.service");
	join("stuck.service");
	ev_run(loop, EVRUN_NOWAIT);
	reloads_free(reloads);
	reloads = NULL;
	ev_run(loop, EVRUN_NOWAIT);
	ck_assert_uint_eq(answers, 0);
}
END_TEST

START_TEST(a_job_that_is_denied_says_that_it_may_not)
{
	ck_assert(reloads_may(reloads));
	join("denied.service");
	run_until(1);
	ck_assert_int_eq(last, BUS_DENIED);
	ck_assert(!reloads_may(reloads));
	reloads_configure(reloads, 60);
	while (!reloads_may(reloads))
		ev_run(loop, EVRUN_ONCE);
}
END_TEST

START_TEST(without_a_bus_it_may_not)
{
	reloads_free(reloads);
	fake_systemd_stop_manager(&systemd);
	fake_systemd_stop_bus(&systemd);
	reloads = reloads_new(loop, bus);
	while (reloads_may(reloads))
		ev_run(loop, EVRUN_ONCE);
}
END_TEST

static const char *step; /* that acmed-deploy is asked for */

static void answer(struct fake_helper *deploy, const json_t *request)
{
	const char *waits_for = deploy->data;

	ck_assert_str_eq(member_string_or(request, "step", ""), step);
	ck_assert_str_eq(member_string_or(request, "name", ""), "site");
	ck_assert_int_eq(member_integer_or(request, "version", 0), 7);
	fake_helper_reply(deploy, request,
		waits_for ? json_pack("{s:s}", "waits_for", waits_for)
			  : json_object());
}

static void ask_deploy(
	const char *what, const char *certificate, unsigned version)
{
	reloads_join_deploy(reloads,
		&(struct reload_errand){
			.step = step,
			.what = what,
			.deadline = 30,
			.certificate = certificate,
			.version = version,
		},
		on_done, NULL);
}

static char stopped[] = "b.service";

static const struct {
	const char *step;
	char *waits_for;
} ERRANDS[] = {{"reload", NULL}, {"restart", NULL}, {"reload", stopped},
	{"restart", stopped}};

/* Who asks for the same shares the errand. */
START_TEST(acmed_deploy_does_it_in_its_place)
{
	char *unit = ERRANDS[_i].waits_for;
	struct fake_helper deploy = {.on_request = answer, .data = unit};

	step = ERRANDS[_i].step;
	fake_helper_start(&deploy, loop, "deploy");
	ask_deploy("a.service b.service", "site", 7);
	ask_deploy("a.service b.service", "other", 1);
	run_until(2);
	ck_assert_int_eq(last, unit ? BUS_NOT_RUNNING : BUS_DONE);
	ck_assert_str_eq(last_unit, unit ? unit : "");
	ck_assert_uint_eq(deploy.packets, 1);
	fake_helper_stop(&deploy);
}
END_TEST

START_TEST(the_next_errand_waits_for_its_turn_and_is_shared_too)
{
	struct fake_helper deploy = {.on_request = answer};
	ev_tstamp before = ev_time();

	step = "restart";
	fake_helper_start(&deploy, loop, "deploy");
	reloads_configure(reloads, 1);
	ask_deploy("a.service", "site", 7);
	run_until(1);
	for (int i = 0; i < 10; i++)
		ask_deploy("a.service", "site", 7);
	run_until(10);
	ck_assert(ev_time() - before > 0.9);
	ck_assert_uint_eq(deploy.packets, 2);
	fake_helper_stop(&deploy);
}
END_TEST

START_TEST(who_asks_for_something_else_does_not_share)
{
	struct fake_helper deploy = {.on_request = answer};

	fake_helper_start(&deploy, loop, "deploy");
	step = "restart";
	ask_deploy("a.service", "site", 7);
	run_until(1);
	ask_deploy("b.service", "site", 7);
	run_until(1);
	step = "reload";
	ask_deploy("a.service", "site", 7);
	run_until(1);
	ck_assert_uint_eq(deploy.packets, 3);
	fake_helper_stop(&deploy);
}
END_TEST

START_TEST(what_was_reloaded_is_known_by_version)
{
	reloads_remember(reloads, "site", 7, "a.service");
	ck_assert(reloads_knows(reloads, "site", 7, "a.service"));
	ck_assert(!reloads_knows(reloads, "site", 7, "b.service"));
	ck_assert(!reloads_knows(reloads, "other", 7, "a.service"));
	reloads_remember(reloads, "site", 8, "b.service");
	ck_assert(!reloads_knows(reloads, "site", 7, "a.service"));
	ck_assert(!reloads_knows(reloads, "site", 8, "a.service"));
	reloads_forget(reloads, "site");
	ck_assert(!reloads_knows(reloads, "site", 8, "b.service"));
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("reloads");
	TCase *tests = tcase_create("reloads");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, the_first_one_is_done_at_once_and_from_the_loop);
	tcase_add_test(tests, those_that_come_together_share_one_job);
	tcase_add_test(
		tests, the_next_one_waits_for_its_turn_and_is_shared_too);
	tcase_add_test(tests, who_comes_while_one_is_under_way_gets_another);
	tcase_add_test(tests, a_stopped_unit_is_named_to_everyone);
	tcase_add_test(tests, who_leaves_is_not_told);
	tcase_add_test(tests, a_callback_may_make_others_leave);
	tcase_add_test(tests, freed_it_tells_nobody);
	tcase_add_test(tests, a_job_that_is_denied_says_that_it_may_not);
	tcase_add_test(tests, without_a_bus_it_may_not);
	tcase_add_loop_test(tests, acmed_deploy_does_it_in_its_place, 0,
		sizeof(ERRANDS) / sizeof(*ERRANDS));
	tcase_add_test(
		tests, the_next_errand_waits_for_its_turn_and_is_shared_too);
	tcase_add_test(tests, who_asks_for_something_else_does_not_share);
	tcase_add_test(tests, what_was_reloaded_is_known_by_version);
	suite_add_tcase(suite, tests);
	return suite;
}

int main(void)
{
	if (!fake_systemd_is_possible()) {
		puts("reloads: SKIPPED, there is no dbus-daemon");
		return 0;
	}
	return suite_run(suite());
}
