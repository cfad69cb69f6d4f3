/* SPDX-License-Identifier: MIT */
#include "notices.h"

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
static char told[512]; /* "name/priority " of each */
static struct event last;
static char code[8];

static void note(void *data, const struct event *event)
{
	size_t length = strlen(told);

	(void)data;
	snprintf(told + length, sizeof(told) - length, "%s/%d ", event->name,
		event->priority);
	last = *event;
	snprintf(code, sizeof(code), "%s", event->err ? event->err->code : "");
}

static void set_up(void)
{
	known_lineage_make(&known, 10 * DAY, 90 * DAY);
	lineage = known.lineage;
	fleet = (struct fleet){.events = events_new()};
	events_listen(fleet.events, note, NULL);
	told[0] = '\0';
}

static void tear_down(void)
{
	events_free(fleet.events);
	known_lineage_clear(&known);
}

static void serve(void)
{
	json_array_append_new(lineage->endpoints, json_string("127.0.0.1:443"));
}

static void expect_at(int64_t now, const char *wanted)
{
	told[0] = '\0';
	notices_look(&fleet, lineage, now);
	ck_assert_str_eq(told, wanted);
}

START_TEST(nothing_is_told_of_what_is_well)
{
	expect_at(NOW, "");
}
END_TEST

START_TEST(another_root_is_told)
{
	strcpy(lineage->facts.anchor, "CN=New");
	notices_root(&fleet, lineage, "");
	notices_root(&fleet, lineage, "CN=New");
	ck_assert_str_eq(told, "");
	notices_root(&fleet, lineage, "CN=Old");
	ck_assert_str_eq(told, "step/5 ");
	ck_assert_str_eq(code, "P10");
}
END_TEST

START_TEST(what_was_forgotten_is_told)
{
	notices_forgotten(&fleet, lineage);
	ck_assert_str_eq(told, "error/3 ");
	ck_assert_ptr_nonnull(last.err);
	ck_assert_str_eq(code, "N11");
}
END_TEST

START_TEST(its_end_is_told_once_and_again_each_day)
{
	int64_t warn = lineage->facts.not_after - 10 * DAY;

	expect_at(warn, "expiring/4 ");
	ck_assert_int_eq(last.not_after, lineage->facts.not_after);
	ck_assert_int_eq(last.next, warn);
	expect_at(warn + HOUR, "");
	expect_at(warn + DAY, "expiring/4 ");
}
END_TEST

START_TEST(that_it_has_expired_is_told_at_once)
{
	int64_t end = lineage->facts.not_after;

	expect_at(end, "expiring/4 ");
	expect_at(end + 1, "expired/2 ");
	expect_at(end + HOUR, "");
	expect_at(end + DAY + 1, "expired/2 ");
}
END_TEST

static void doubt_clock(void)
{
	lineage->failures = 1;
	fail_cause(&lineage->err, ERROR_LOCAL, "C1", "the clock is wrong");
}

START_TEST(a_clock_that_was_found_wrong_has_nothing_expire)
{
	int64_t end = lineage->facts.not_after;

	doubt_clock();
	expect_at(end, "expiring/4 ");
	expect_at(end + 1, "expiring/2 "); /* but as loud */
	expect_at(end + HOUR, "");
	expect_at(end + DAY + 1, "expiring/2 ");
	lineage->failures = 0;
	expect_at(end + DAY + 2, "expired/2 ");
}
END_TEST

START_TEST(a_clock_that_was_set_back_silences_nothing)
{
	int64_t end = lineage->facts.not_after;

	expect_at(end + 400 * DAY, "expired/2 ");
	expect_at(end - DAY, "expiring/4 ");
}
END_TEST

START_TEST(a_renewed_one_is_warned_of_anew)
{
	int64_t end = lineage->facts.not_after;

	expect_at(end - DAY, "expiring/4 ");
	lineage->facts.not_after += 90 * DAY;
	lineage->facts.not_before += 90 * DAY;
	expect_at(end - DAY + HOUR, "");
	lineage->facts.not_after = end;
	lineage->facts.not_before -= 90 * DAY;
	expect_at(end - DAY + 2 * HOUR, "expiring/4 ");
}
END_TEST

START_TEST(a_hold_silences_no_warning)
{
	lineage->is_held = true;
	expect_at(lineage->facts.not_after - DAY, "expiring/4 ");
	ck_assert_int_eq(last.next, 0);
}
END_TEST

START_TEST(a_placeholder_expires_in_silence)
{
	known_lineage_set_placeholder(&known);
	expect_at(lineage->facts.not_after + DAY, "");
}
END_TEST

START_TEST(an_orphan_is_told_once)
{
	lineage->certificate = NULL;
	expect_at(NOW, "orphan/5 ");
	expect_at(NOW + 2 * DAY, "");
	expect_at(lineage->facts.not_after, "");
	lineage->certificate = &known.certificate;
	expect_at(NOW, "");
	lineage->certificate = NULL;
	expect_at(NOW, "orphan/5 ");
}
END_TEST

START_TEST(an_orphan_that_is_served_is_a_warning)
{
	serve();
	lineage->certificate = NULL;
	expect_at(NOW, "orphan/4 ");
	ck_assert_str_eq(last.certificate, "example.org");
	expect_at(lineage->facts.not_after - DAY, "expiring/4 ");
	expect_at(lineage->facts.not_after + 1, "expired/2 ");
}
END_TEST

START_TEST(a_file_with_a_mistake_makes_no_orphan)
{
	lineage->certificate = NULL;
	lineage->waits_for_file = mem_string("a.conf:1: a mistake");
	expect_at(NOW, "");
}
END_TEST

START_TEST(what_is_issued_is_told_with_its_own_serial)
{
	json_t *version cleanup(json) = NULL;
	struct certificate_facts facts = lineage->facts;

	snprintf(facts.serial, sizeof(facts.serial), "beef");
	version =
		json_pack("{s:o}", "facts", certificate_facts_to_json(&facts));
	lineage->failures = 2;
	notices_issued(&fleet, lineage, version);
	ck_assert_str_eq(told, "issued/6 ");
	ck_assert_uint_eq(last.attempt, 3);
	const json_t *kept = json_array_get(lineage->events, 0);
	ck_assert_str_eq(member_string_or(kept, "serial", ""), "beef");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("notices");
	TCase *tests = tcase_create("notices");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, nothing_is_told_of_what_is_well);
	tcase_add_test(tests, another_root_is_told);
	tcase_add_test(tests, what_was_forgotten_is_told);
	tcase_add_test(tests, its_end_is_told_once_and_again_each_day);
	tcase_add_test(tests, that_it_has_expired_is_told_at_once);
	tcase_add_test(tests, a_clock_that_was_found_wrong_has_nothing_expire);
	tcase_add_test(tests, a_clock_that_was_set_back_silences_nothing);
	tcase_add_test(tests, a_renewed_one_is_warned_of_anew);
	tcase_add_test(tests, a_hold_silences_no_warning);
	tcase_add_test(tests, a_placeholder_expires_in_silence);
	tcase_add_test(tests, an_orphan_is_told_once);
	tcase_add_test(tests, an_orphan_that_is_served_is_a_warning);
	tcase_add_test(tests, a_file_with_a_mistake_makes_no_orphan);
	tcase_add_test(tests, what_is_issued_is_told_with_its_own_serial);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
