/* SPDX-License-Identifier: MIT */
#include "clock_watch.h"

#include "known_lineage.h"
#include "suite.h"

#include <check.h>
#undef fail /* ours, not the old one of check */
#include <stdio.h>
#include <string.h>

static struct timespec wall, boot, awake;
static struct known_lineage known;
static struct lineage *lineages[1];
static struct fleet fleet;
static struct clock_watch watch;
static char told[512];

/* The clocks of this program. */
int clock_gettime(clockid_t id, struct timespec *when)
{
	*when = id == CLOCK_REALTIME   ? wall
		: id == CLOCK_BOOTTIME ? boot
				       : awake;
	return 0;
}

static void note(void *data, const struct event *event)
{
	size_t length = strlen(told);

	(void)data;
	snprintf(told + length, sizeof(told) - length, "%d %s: %s\n",
		event->priority, event->err->code, event->text);
}

static void set_up(void)
{
	known_lineage_make(&known, 59 * DAY, 90 * DAY);
	lineages[0] = known.lineage;
	fleet = (struct fleet){
		.events = events_new(), .lineages = lineages, .count = 1};
	events_listen(fleet.events, note, NULL);
	watch = (struct clock_watch){0};
	wall.tv_sec = NOW;
	boot.tv_sec = 5000;
	awake.tv_sec = 4000;
	told[0] = '\0';
	clock_watch_look(&watch, &fleet);
}

static void tear_down(void)
{
	events_free(fleet.events);
	known_lineage_clear(&known);
}

static void pass(time_t by_date, time_t by_boot, time_t by_work)
{
	wall.tv_sec += by_date;
	boot.tv_sec += by_boot;
	awake.tv_sec += by_work;
	clock_watch_look(&watch, &fleet);
}

START_TEST(a_minute_is_no_news)
{
	pass(60, 60, 60);
	pass(0, 60, 60); /* stands still: C1, told by another */
	pass(120, 60, 60);
	ck_assert_str_eq(told, "");
}
END_TEST

START_TEST(a_clock_that_is_set_is_told)
{
	pass(60 + 3 * 3600, 60, 60);
	pass(60 - 3 * 3600, 60, 60);
	pass(60, 60, 60);
	ck_assert_str_eq(told,
		"5 C2: the clock was set 3h ahead: all dates are computed "
		"anew\n"
		"5 C2: the clock was set 3h back: all dates are computed "
		"anew\n");
}
END_TEST

START_TEST(a_sleep_is_told_when_a_certificate_came_due_in_it)
{
	pass(9 * 3600, 9 * 3600, 60);
	ck_assert_str_eq(told, "");
	pass(2 * DAY, 2 * DAY, 0);
	ck_assert_str_eq(told,
		"5 C3: the machine has slept for 2d: 1 certificate came due "
		"meanwhile\n");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("clock_watch");
	TCase *tests = tcase_create("clock_watch");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, a_minute_is_no_news);
	tcase_add_test(tests, a_clock_that_is_set_is_told);
	tcase_add_test(
		tests, a_sleep_is_told_when_a_certificate_came_due_in_it);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
