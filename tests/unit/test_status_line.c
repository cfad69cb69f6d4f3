/* SPDX-License-Identifier: MIT */
#include "status_line.h"

#include "known_lineage.h"
#include "mem.h"
#include "suite.h"

#include <check.h>

static struct known_lineage known[2];
static struct lineage *list[2];
static struct fleet fleet;
static char line[STATUS_LINE_SIZE];

static void set_up(void)
{
	for (int i = 0; i < 2; i++) {
		known_lineage_make(&known[i], 10 * DAY, 90 * DAY);
		list[i] = known[i].lineage;
		list[i]->due = NOW + (i + 1) * DAY;
	}
	fleet = (struct fleet){.lineages = list, .count = 2};
}

static void tear_down(void)
{
	known_lineage_clear(&known[0]);
	known_lineage_clear(&known[1]);
}

static const char *of(size_t count)
{
	fleet.count = count;
	status_line(&fleet, NOW, line);
	return line;
}

START_TEST(nothing_says_how_to_begin)
{
	ck_assert_str_eq(of(0), "no certificates; see acmectl add");
}
END_TEST

START_TEST(the_earliest_is_named)
{
	ck_assert_str_eq(of(1), "1 certificate; next: example.org in 1d");
	list[1]->due = NOW + HOUR;
	ck_assert_str_eq(of(2), "2 certificates; next: example.org in 1h");
}
END_TEST

START_TEST(what_fails_is_counted)
{
	list[1]->failures = 1;
	list[0]->facts.not_after = NOW - 1;
	list[0]->due = list[1]->due = INT64_MAX;
	ck_assert_str_eq(of(2), "2 certificates, 2 failing");
}
END_TEST

START_TEST(what_is_due_already_is_not_next)
{
	list[0]->due = NOW;
	ck_assert_str_eq(of(2), "2 certificates; next: example.org in 2d");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("status_line");
	TCase *tests = tcase_create("status_line");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, nothing_says_how_to_begin);
	tcase_add_test(tests, the_earliest_is_named);
	tcase_add_test(tests, what_fails_is_counted);
	tcase_add_test(tests, what_is_due_already_is_not_next);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
