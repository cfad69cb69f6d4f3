/* SPDX-License-Identifier: MIT */
#include "renewal_time.h"

#include "suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define HOUR ((int64_t)3600)
#define DAY (24 * HOUR)

static void set_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

/* "2026-11-21 05:24" in UTC. */
static int64_t at(const char *text)
{
	struct tm date = {0};

	ck_assert_int_eq(
		sscanf(text, "%d-%d-%d %d:%d", &date.tm_year, &date.tm_mon,
			&date.tm_mday, &date.tm_hour, &date.tm_min),
		5);
	date.tm_year -= 1900;
	date.tm_mon--;
	return timegm(&date);
}

static int64_t next(const char *window, const char *when)
{
	struct renewal_window parsed;

	ck_assert_msg(renewal_window_parse(window, &parsed), "%s", window);
	return renewal_window_next(&parsed, 1, at(when));
}

START_TEST(days_and_times_are_read)
{
	struct renewal_window window;

	ck_assert(renewal_window_parse("Sat..Sun 02:00-05:00", &window));
	ck_assert_uint_eq(window.days, 1U << 6 | 1U);
	ck_assert_int_eq(window.start, 120);
	ck_assert_int_eq(window.end, 300);
	ck_assert(!window.utc);
	ck_assert(
		renewal_window_parse("Mon,Wednesday 23:00-01:00 UTC", &window));
	ck_assert_uint_eq(window.days, 1U << 1 | 1U << 3);
	ck_assert(window.utc);
	ck_assert(renewal_window_parse("mon..wed,sat 00:00-24:00", &window));
	ck_assert_uint_eq(window.days, 1U << 1 | 1U << 2 | 1U << 3 | 1U << 6);
	ck_assert_int_eq(window.end, 1440);
	ck_assert(renewal_window_parse("04:00-05:00", &window));
	ck_assert_uint_eq(window.days, 0x7f);
}
END_TEST

static const char *const WRONG[] = {"", " ", "Sat", "Sat..", "Sat 02:00",
	"Sat 02:00-", "Sat 2:00-3:00", "Sat 02:00-25:00", "Sat 02:60-03:00",
	"Sat,02:00-03:00", "Sat, 02:00-03:00", "Sat..Fun 02:00-03:00",
	"02:00-02:00", "24:00-01:00", "02:00-03:00 CET", "02:00-03:00UTC",
	"02:00-03:00 UTC x", "Sat02:00-03:00", " 02:00-03:00", "24:01-25:00",
	"Sat-Sun 02:00-03:00", "Mon 02:00-03:00,", ",Mon 02:00-03:00",
	"/2:00-03:00", ":2:00-03:00", "2/:00-03:00", "2::00-03:00",
	"02x00-03:00", "02:x0-03:00"};

START_TEST(what_is_no_window_is_refused)
{
	struct renewal_window window;
	ck_assert_msg(
		!renewal_window_parse(WRONG[_i], &window), "%s", WRONG[_i]);
}
END_TEST

START_TEST(inside_a_window_it_is_now)
{
	const char *when = "2026-11-21 03:30"; /* a Saturday */

	ck_assert_int_eq(next("Sat 02:00-05:00 UTC", when), at(when));
	ck_assert_int_eq(next("02:00-05:00 UTC", when), at(when));
	ck_assert_int_eq(next("03:30-03:31 UTC", when), at(when));
	ck_assert_int_eq(renewal_window_next(NULL, 0, 42), 42);
}
END_TEST

START_TEST(outside_it_is_the_next_start)
{
	ck_assert_int_eq(next("Sat 02:00-05:00 UTC", "2026-11-21 05:00"),
		at("2026-11-28 02:00"));
	ck_assert_int_eq(next("Sat..Sun 02:00-05:00 UTC", "2026-11-21 05:00"),
		at("2026-11-22 02:00"));
	ck_assert_int_eq(next("04:00-05:00 UTC", "2026-12-31 23:00"),
		at("2027-01-01 04:00"));
}
END_TEST

START_TEST(a_window_over_midnight_belongs_to_the_day_it_starts_on)
{
	const char *window = "Mon,Wed 23:00-01:00 UTC";

	ck_assert_int_eq(
		next(window, "2026-11-24 00:30"), at("2026-11-24 00:30"));
	ck_assert_int_eq(
		next(window, "2026-11-23 00:30"), at("2026-11-23 23:00"));
	ck_assert_int_eq(
		next(window, "2026-11-24 01:00"), at("2026-11-25 23:00"));
}
END_TEST

START_TEST(the_earliest_of_several_counts)
{
	struct renewal_window windows[2];

	ck_assert(renewal_window_parse("Mon 02:00-03:00 UTC", &windows[0]));
	ck_assert(renewal_window_parse("Sun 02:00-03:00 UTC", &windows[1]));
	ck_assert_int_eq(
		renewal_window_next(windows, 2, at("2026-11-21 12:00")),
		at("2026-11-22 02:00"));
}
END_TEST

START_TEST(local_time_is_that_of_the_machine)
{
	set_zone("Europe/Berlin");
	ck_assert_int_eq(next("02:00-05:00", "2026-07-01 12:00"),
		at("2026-07-02 00:00"));
	ck_assert_int_eq(next("02:00-05:00", "2026-12-01 12:00"),
		at("2026-12-02 01:00"));
}
END_TEST

/* 2026-03-29, 02:00 CET is 03:00 CEST: the hour between does not exist. */
START_TEST(in_the_short_night_a_window_is_as_long_but_later)
{
	set_zone("Europe/Berlin");
	ck_assert_int_eq(next("Sun 02:00-03:00", "2026-03-28 12:00"),
		at("2026-03-29 01:00"));
	ck_assert_int_eq(next("Sun 02:00-03:00", "2026-03-29 01:59"),
		at("2026-03-29 01:59"));
	ck_assert_int_eq(next("Sun 02:00-03:00", "2026-03-29 02:00"),
		at("2026-04-05 00:00"));
	ck_assert_int_eq(next("Sun 02:30-02:45", "2026-03-28 12:00"),
		at("2026-03-29 01:30"));
	ck_assert_int_eq(next("Sun 01:00-05:00", "2026-03-29 02:59"),
		at("2026-03-29 02:59"));
	ck_assert_int_eq(next("Sun 01:00-05:00", "2026-03-29 03:00"),
		at("2026-04-04 23:00"));
}
END_TEST

/* 2017-10-15, midnight in Brazil is 01:00, 03:00 UTC. */
START_TEST(a_day_may_start_at_one)
{
	set_zone("America/Sao_Paulo");
	ck_assert_int_eq(next("Sun 00:00-00:30", "2017-10-14 12:00"),
		at("2017-10-15 03:00"));
}
END_TEST

/* 2026-10-25, 03:00 CEST is 02:00 CET: the hour before comes twice. */
START_TEST(in_the_long_night_the_first_of_two_hours_counts)
{
	set_zone("Europe/Berlin");
	ck_assert_int_eq(next("Sun 02:00-02:30", "2026-10-24 12:00"),
		at("2026-10-25 00:00"));
	ck_assert_int_eq(next("Sun 02:00-02:30", "2026-10-25 00:29"),
		at("2026-10-25 00:29"));
	ck_assert_int_eq(next("Sun 02:00-02:30", "2026-10-25 00:30"),
		at("2026-11-01 01:00"));
	ck_assert_int_eq(next("Sun 02:00-04:00", "2026-10-25 02:59"),
		at("2026-10-25 02:59"));
}
END_TEST

START_TEST(the_next_start_is_never_past_nor_a_fortnight_off)
{
	static const char *const zones[] = {"Europe/Berlin", "UTC",
		"America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia",
		"Europe/Dublin", "America/Sao_Paulo"};
	struct renewal_window window = {.days = 1};

	set_zone(zones[_i]);
	srandom(7);
	for (int i = 0; i < 1000; i++) {
		int64_t when = 1262304000 + random() % (25 * 365 * DAY);
		window.days = 1U << (random() % 7);
		window.start = (int)(random() % 1440);
		window.end = (int)(random() % 1441);
		if (window.start == window.end)
			continue;
		int64_t found = renewal_window_next(&window, 1, when);
		ck_assert_int_ge(found, when);
		ck_assert_int_le(found, when + 15 * DAY);
		ck_assert_int_eq(renewal_window_next(&window, 1, found), found);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("renewal_window");
	TCase *tests = tcase_create("renewal_window");

	tcase_add_test(tests, days_and_times_are_read);
	tcase_add_loop_test(tests, what_is_no_window_is_refused, 0,
		sizeof(WRONG) / sizeof(*WRONG));
	tcase_add_test(tests, inside_a_window_it_is_now);
	tcase_add_test(tests, outside_it_is_the_next_start);
	tcase_add_test(
		tests, a_window_over_midnight_belongs_to_the_day_it_starts_on);
	tcase_add_test(tests, the_earliest_of_several_counts);
	tcase_add_test(tests, local_time_is_that_of_the_machine);
	tcase_add_test(tests, in_the_short_night_a_window_is_as_long_but_later);
	tcase_add_test(tests, a_day_may_start_at_one);
	tcase_add_test(tests, in_the_long_night_the_first_of_two_hours_counts);
	tcase_add_loop_test(
		tests, the_next_start_is_never_past_nor_a_fortnight_off, 0, 7);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
