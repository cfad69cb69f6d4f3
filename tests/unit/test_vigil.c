/* SPDX-License-Identifier: MIT */
#include "vigil.h"

#include "suite.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define DATE 1800000000

static int64_t date;
static int64_t passed; /* by the clock that nobody sets */
static struct ev_loop *loop;
static struct events *events;
static struct alert *alert;
static struct log *log_;
static struct vigil *vigil;
static char told[512];
static unsigned late;

/* The clocks of this program. */
int clock_gettime(clockid_t id, struct timespec *when)
{
	if (syscall(SYS_clock_gettime, id, when) < 0)
		return -1;
	if (id == CLOCK_REALTIME)
		*when = (struct timespec){.tv_sec = date};
	else
		when->tv_sec += passed;
	return 0;
}

time_t time(time_t *result)
{
	if (result)
		*result = date;
	return date;
}

static void note(void *data, const struct event *event)
{
	size_t length = strlen(told);

	(void)data;
	snprintf(told + length, sizeof(told) - length, "%s %s: %s\n",
		event->name, event->err ? event->err->code : "", event->text);
}

static void on_late(void *data)
{
	(void)data;
	late++;
}

static void set_up(void)
{
	date = DATE;
	passed = 0;
	late = 0;
	told[0] = '\0';
	events = events_new();
	events_listen(events, note, NULL);
	loop = ev_loop_new(EVFLAG_AUTO);
	log_ = log_new(loop, events, false);
	alert = alert_new(loop, events);
	vigil = vigil_new(loop, alert, log_, on_late, NULL);
}

static void tear_down(void)
{
	vigil_free(vigil);
	alert_free(alert);
	log_free(log_);
	events_free(events);
	ev_loop_destroy(loop);
}

static void pass(int64_t seconds, int64_t by_date)
{
	passed += seconds;
	date += by_date;
	ev_run(loop, EVRUN_NOWAIT);
}

START_TEST(a_minute_in_time_is_no_news)
{
	for (int i = 0; i < 5; i++) {
		pass(60, 60);
		ck_assert(vigil_minute(vigil, 1));
	}
	ck_assert_uint_eq(late, 0);
	ck_assert_str_eq(told, "");
}
END_TEST

START_TEST(a_clock_that_stands_still_is_told)
{
	pass(75, 0);
	ck_assert_uint_eq(late, 1);
	ck_assert_str_eq(
		told, "trouble C1: the clock has stood still for 1m 15s\n");
	pass(75, 0);
	ck_assert_uint_eq(late, 2);
	told[0] = '\0';
	pass(10, 10);
	ck_assert(vigil_minute(vigil, 1));
	ck_assert(strstr(told, "well : well again: machine C1\n") != NULL);
}
END_TEST

START_TEST(after_a_step_back_the_minute_goes_on)
{
	pass(75, -86400);
	ck_assert_uint_eq(late, 1);
	ck_assert_str_eq(told, "");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vigil");
	TCase *tests = tcase_create("vigil");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, a_minute_in_time_is_no_news);
	tcase_add_test(tests, a_clock_that_stands_still_is_told);
	tcase_add_test(tests, after_a_step_back_the_minute_goes_on);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
