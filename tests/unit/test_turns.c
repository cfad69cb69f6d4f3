/* SPDX-License-Identifier: MIT */
#include "turns.h"

#include "known_lineage.h"
#include "mem.h"
#include "suite.h"

#include <check.h>

#define COUNT 4

static struct known_lineage known[COUNT];
static struct lineage *lineages[COUNT];
static struct fleet fleet;

/* Each with twenty days left, due for as long as its place is far behind. */
static void set_up(void)
{
	for (int i = 0; i < COUNT; i++) {
		known_lineage_make(&known[i], 70 * DAY, 90 * DAY);
		lineages[i] = known[i].lineage;
		lineages[i]->due = NOW - i;
	}
	fleet = (struct fleet){.lineages = lineages, .count = COUNT};
}

static void tear_down(void)
{
	for (int i = 0; i < COUNT; i++)
		known_lineage_clear(&known[i]);
}

/* "3210": their places in the order of their turns. */
static void expect(const char *order)
{
	size_t count;
	cleanup(memory) void *owned = turns_new(&fleet, NOW, &count);
	const struct turn *turns = owned;

	ck_assert_uint_eq(count, strlen(order));
	for (size_t i = 0; i < count; i++)
		ck_assert_ptr_eq(turns[i].lineage, lineages[order[i] - '0']);
}

static void set_left(int i, int64_t left)
{
	lineages[i]->facts.not_after = NOW + left;
}

START_TEST(those_of_one_day_go_round)
{
	expect("3210");
	lineages[3]->due = NOW; /* it has failed since, and is due again */
	lineages[0]->due = 0; /* at once */
	expect("0213");
}
END_TEST

START_TEST(nobody_begins_before_its_time)
{
	lineages[2]->due = NOW + 1;
	expect("310");
	for (int i = 0; i < COUNT; i++)
		lineages[i]->due = INT64_MAX;
	expect("");
}
END_TEST

START_TEST(the_earliest_expiry_is_first)
{
	set_left(0, 19 * DAY);
	set_left(1, 2 * HOUR);
	set_left(2, 3 * DAY);
	expect("1203");
}
END_TEST

START_TEST(what_serves_nothing_is_as_one_with_a_day_left)
{
	set_left(0, 2 * HOUR);
	set_left(1, -90 * DAY);
	set_left(2, 3 * DAY);
	known_lineage_set_missing(&known[3]);
	expect("0312");
	lineages[2]->is_marked = true; /* revoked */
	expect("0321");
}
END_TEST

/* The new one is not served yet. */
START_TEST(a_deployment_is_as_urgent_as_what_it_replaces)
{
	set_left(0, 80 * DAY);
	lineages[0]->deploy.step = DEPLOY_RELOAD;
	lineages[0]->deploy.deadline = NOW + 2 * DAY;
	set_left(1, 80 * DAY);
	expect("0321");
	lineages[0]->deploy.deadline = 0;
	set_left(2, 3 * HOUR);
	expect("2031");
}
END_TEST

START_TEST(who_waits_at_a_terminal_is_first)
{
	set_left(0, HOUR);
	lineages[1]->watchers = 1;
	lineages[2]->is_forced = true;
	expect("2103");
	lineages[1]->watchers = 0;
	expect("2031");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("turns");
	TCase *tests = tcase_create("turns");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, those_of_one_day_go_round);
	tcase_add_test(tests, nobody_begins_before_its_time);
	tcase_add_test(tests, the_earliest_expiry_is_first);
	tcase_add_test(tests, what_serves_nothing_is_as_one_with_a_day_left);
	tcase_add_test(tests, a_deployment_is_as_urgent_as_what_it_replaces);
	tcase_add_test(tests, who_waits_at_a_terminal_is_first);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
