/* SPDX-License-Identifier: MIT */
#include "hindsight.h"

#include "json.h"
#include "known_lineage.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>

static struct known_lineage known;
static struct lineage *lineage;
static struct fleet fleet;
static char codes[64]; /* "CODE " of each event */
static char text[400];

static void note(void *data, const struct event *event)
{
	size_t length = strlen(codes);

	(void)data;
	ck_assert_ptr_nonnull(event->err);
	snprintf(codes + length, sizeof(codes) - length, "%s ",
		event->err->code);
	snprintf(text, sizeof(text), "%s", event->text);
}

static void set_up(void)
{
	known_lineage_make(&known, 10 * DAY, 90 * DAY);
	lineage = known.lineage;
	fleet = (struct fleet){.events = events_new()};
	events_listen(fleet.events, note, NULL);
}

static void tear_down(void)
{
	events_free(fleet.events);
	known_lineage_clear(&known);
}

static void expect(const char *wanted)
{
	codes[0] = '\0';
	ck_assert(hindsight_look(&fleet, lineage) == (*wanted != '\0'));
	ck_assert_str_eq(codes, wanted);
}

/* So long ago, the newest first. */
static void set_issues(int64_t first, int64_t second, int64_t third)
{
	lineage->issued[0] = NOW - first;
	lineage->issued[1] = NOW - second;
	lineage->issued[2] = NOW - third;
}

START_TEST(what_fits_is_left_alone)
{
	set_issues(10 * DAY - HOUR, 70 * DAY, 130 * DAY);
	expect("");
	set_issues(9 * DAY, 70 * DAY, 130 * DAY); /* by a CA that backdates */
	expect("");
	lineage->issued[0] = 0; /* a state that was lost */
	expect("");
}
END_TEST

START_TEST(a_record_of_what_is_not_there_is_passed_over)
{
	set_issues(HOUR, DAY, 10 * DAY);
	expect("L9 ");
	ck_assert_ptr_nonnull(strstr(text,
		"its record of an issue at 2027-01-15T07:00:00Z is passed over:"
		" what is installed is of 2027-01-05T"));
	ck_assert_int_eq(lineage->issued[0], NOW - 10 * DAY);
	ck_assert_int_eq(lineage->issued[1], 0);
	expect("");
}
END_TEST

START_TEST(what_the_state_does_not_know_of_is_noted)
{
	set_issues(70 * DAY, 130 * DAY, 190 * DAY);
	expect("L14 ");
	ck_assert_ptr_nonnull(strstr(text, "was a backup restored?"));
	ck_assert_int_eq(lineage->issued[0], lineage->facts.not_before);
	ck_assert_int_eq(lineage->issued[1], NOW - 70 * DAY);
	expect("");
}
END_TEST

START_TEST(who_went_back_to_an_older_one_knows_that)
{
	set_issues(5 * DAY, 10 * DAY, 70 * DAY);
	json_array_append_new(lineage->events,
		json_pack("{s:s, s:s}", "event", "rolled-back", "time",
			"2027-01-14T08:00:00Z"));
	expect("");
	set_issues(HOUR, 10 * DAY, 70 * DAY); /* and issued one since */
	expect("L9 ");
}
END_TEST

START_TEST(what_is_not_switched_in_yet_is_no_contradiction)
{
	set_issues(HOUR, 10 * DAY, 70 * DAY);
	lineage->staged = 2;
	expect("");
	lineage->staged = 0;
	known_lineage_set_placeholder(&known);
	expect("");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hindsight");
	TCase *tests = tcase_create("hindsight");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, what_fits_is_left_alone);
	tcase_add_test(tests, a_record_of_what_is_not_there_is_passed_over);
	tcase_add_test(tests, what_the_state_does_not_know_of_is_noted);
	tcase_add_test(tests, who_went_back_to_an_older_one_knows_that);
	tcase_add_test(tests, what_is_not_switched_in_yet_is_no_contradiction);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
