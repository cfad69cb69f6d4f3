/* SPDX-License-Identifier: MIT */
#include "bus.h"

#include "fake_systemd.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>

static struct ev_loop *loop;
static struct fake_systemd systemd;
static struct bus *bus;

static unsigned left;
static unsigned answers;
static enum bus_result last_result;
static struct error last_err;

static void set_up(void)
{
	answers = 0;
	fake_systemd_start(&systemd);
	loop = ev_loop_new(EVFLAG_NOENV);
	bus = bus_new(loop);
}

static void tear_down(void)
{
	bus_free(bus);
	ev_loop_destroy(loop);
	fake_systemd_stop(&systemd);
}

static void on_done(void *data, enum bus_result result, const struct error *err)
{
	(void)data;
	ck_assert((result == BUS_DONE) == (err == NULL));
	last_result = result;
	if (err)
		last_err = *err;
	answers++;
	if (--left == 0)
		ev_break(loop, EVBREAK_ALL);
}

static enum bus_result ask(const char *unit)
{
	left = 1;
	answers = 0;
	bus_reload(bus, unit, on_done, NULL);
	ck_assert_uint_eq(answers, 0);
	ev_run(loop, 0);
	ck_assert_uint_eq(answers, 1);
	return last_result;
}

START_TEST(a_reload_is_done_when_its_job_is_removed)
{
	ck_assert_int_eq(ask("good.service"), BUS_DONE);
	ck_assert_uint_eq(
		fake_systemd_count(&systemd, "ReloadUnit", "good.service"), 1);
}
END_TEST

START_TEST(a_job_may_be_removed_before_its_path_is_known)
{
	ck_assert_int_eq(ask("fast.service"), BUS_DONE);
}
END_TEST

START_TEST(a_stopped_unit_is_no_failure)
{
	ck_assert_int_eq(ask("stopped.service"), BUS_NOT_RUNNING);
	ck_assert_str_eq(last_err.text, "'stopped.service' is not running");
}
END_TEST

START_TEST(a_failed_job_names_its_result_and_the_journal)
{
	ck_assert_int_eq(ask("refusing.service"), BUS_FAILED);
	ck_assert_str_eq(last_err.code, "P3");
	ck_assert_str_eq(last_err.text,
		"'refusing.service' refused to reload (job result 'failed'); "
		"see journalctl -u refusing.service");
}
END_TEST

static const struct {
	const char *unit;
	enum bus_result result;
} REFUSED[] = {
	{"slow.service", BUS_FAILED},
	{"canceled.service", BUS_FAILED},
	{"dependent.service", BUS_FAILED},
	{"missing.service", BUS_NO_UNIT},
	{"static.service", BUS_CANNOT_RELOAD},
	{"denied.service", BUS_DENIED},
	{"asking.service", BUS_DENIED},
	{"unjudged.service", BUS_DENIED},
};

START_TEST(every_refusal_is_told_apart)
{
	ck_assert_int_eq(ask(REFUSED[_i].unit), REFUSED[_i].result);
	ck_assert_ptr_nonnull(strstr(last_err.text, REFUSED[_i].unit));
}
END_TEST

START_TEST(the_probe_says_that_we_may)
{
	left = 1;
	bus_probe(bus, on_done, NULL);
	ev_run(loop, 0);
	ck_assert_int_eq(last_result, BUS_NO_UNIT);
}
END_TEST

START_TEST(a_job_that_is_never_removed_ends_at_the_deadline)
{
	bus_set_deadline(bus, 0.05);
	ck_assert_int_eq(ask("stuck.service"), BUS_FAILED);
	ck_assert_ptr_nonnull(strstr(last_err.text, "did not reload within"));
	ck_assert_int_eq(ask("mute.service"), BUS_FAILED);
}
END_TEST

START_TEST(a_hundred_jobs_run_side_by_side)
{
	static const char *const UNITS[] = {
		"good.service", "fast.service", "stopped.service"};

	left = 100;
	for (unsigned i = 0; i < left; i++)
		bus_reload(bus, UNITS[i % 3], on_done, NULL);
	ev_run(loop, 0);
	ck_assert_uint_eq(answers, 100);
}
END_TEST

START_TEST(a_bus_that_came_back_is_used_again)
{
	ck_assert_int_eq(ask("good.service"), BUS_DONE);
	fake_systemd_stop_bus(&systemd);
	fake_systemd_stop_manager(&systemd);
	ck_assert_int_eq(ask("good.service"), BUS_ABSENT);
	fake_systemd_start_bus(&systemd);
	ck_assert_int_eq(ask("good.service"), BUS_ABSENT);
	fake_systemd_start_manager(&systemd);
	ck_assert_int_eq(ask("good.service"), BUS_DONE);
}
END_TEST

static void on_kill(struct ev_loop *ignored, ev_timer *timer, int events)
{
	(void)ignored;
	(void)timer;
	(void)events;
	if (!fake_systemd_count(&systemd, "ReloadUnit", "mute.service"))
		return;
	ev_timer_stop(loop, timer);
	fake_systemd_stop_bus(&systemd);
}

START_TEST(jobs_end_when_the_bus_dies)
{
	ev_timer timer;

	ev_timer_init(&timer, on_kill, 0.01, 0.01);
	ev_timer_start(loop, &timer);
	left = 2;
	bus_reload(bus, "stuck.service", on_done, NULL);
	bus_reload(bus, "mute.service", on_done, NULL);
	ev_run(loop, 0);
	ck_assert_int_eq(last_result, BUS_FAILED);
	ck_assert_uint_eq(answers, 2);
}
END_TEST

START_TEST(a_cancelled_call_is_silent)
{
	bus_cancel(bus_reload(bus, "good.service", on_done, NULL));
	struct bus_call *call = bus_reload(bus, "stuck.service", on_done, NULL);
	ck_assert_int_eq(ask("good.service"), BUS_DONE);
	bus_cancel(call);
	ev_run(loop, 0); /* nothing is left that keeps it awake */
	ck_assert_uint_eq(answers, 1);
}
END_TEST

START_TEST(freeing_the_bus_drops_its_calls)
{
	bus_reload(bus, "stuck.service", on_done, NULL);
	ev_run(loop, EVRUN_ONCE);
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("bus");
	TCase *tests = tcase_create("bus");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, a_reload_is_done_when_its_job_is_removed);
	tcase_add_test(tests, a_job_may_be_removed_before_its_path_is_known);
	tcase_add_test(tests, a_stopped_unit_is_no_failure);
	tcase_add_test(tests, a_failed_job_names_its_result_and_the_journal);
	tcase_add_loop_test(tests, every_refusal_is_told_apart, 0,
		sizeof(REFUSED) / sizeof(*REFUSED));
	tcase_add_test(tests, the_probe_says_that_we_may);
	tcase_add_test(tests, a_job_that_is_never_removed_ends_at_the_deadline);
	tcase_add_test(tests, a_hundred_jobs_run_side_by_side);
	tcase_add_test(tests, a_bus_that_came_back_is_used_again);
	tcase_add_test(tests, jobs_end_when_the_bus_dies);
	tcase_add_test(tests, a_cancelled_call_is_silent);
	tcase_add_test(tests, freeing_the_bus_drops_its_calls);
	suite_add_tcase(suite, tests);
	return suite;
}

int main(void)
{
	if (!fake_systemd_is_possible()) {
		puts("bus: SKIPPED, there is no dbus-daemon");
		return 0;
	}
	return suite_run(suite());
}
