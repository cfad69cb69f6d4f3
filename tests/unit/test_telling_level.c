/* SPDX-License-Identifier: MIT */
#include "telling_level.h"

#include "suite.h"

#include <check.h>
#include <syslog.h>

#define HOUR 3600
#define DAY (24 * HOUR)

static void expect(
	int64_t used, int64_t slack, int64_t lifetime, enum alert_level wanted)
{
	ck_assert_int_eq(
		alert_level_of(&(struct alert_slack){used, slack, lifetime}),
		wanted);
}

START_TEST(levels_follow_the_share_of_slack_used)
{
	expect(-DAY, 30 * DAY, 90 * DAY, ALERT_NOTICE);
	expect(0, 30 * DAY, 90 * DAY, ALERT_NOTICE);
	expect(7 * DAY, 30 * DAY, 90 * DAY, ALERT_NOTICE);
	expect(8 * DAY, 30 * DAY, 90 * DAY, ALERT_WARNING);
	expect(15 * DAY, 30 * DAY, 90 * DAY, ALERT_ERROR);
	expect(23 * DAY, 30 * DAY, 90 * DAY, ALERT_CRITICAL);
	expect(30 * DAY, 30 * DAY, 90 * DAY, ALERT_EMERGENCY);
	expect(400 * DAY, 30 * DAY, 90 * DAY, ALERT_EMERGENCY);
}
END_TEST

START_TEST(the_last_day_is_critical)
{
	expect(DAY + HOUR, 2 * DAY, 10 * DAY, ALERT_CRITICAL);
	expect(12 * HOUR, 24 * HOUR, 90 * DAY, ALERT_CRITICAL);
}
END_TEST

START_TEST(of_a_short_life_only_the_share_counts)
{
	expect(12 * HOUR, 80 * HOUR, 160 * HOUR, ALERT_NOTICE);
	expect(60 * HOUR - 1, 80 * HOUR, 160 * HOUR, ALERT_ERROR);
	expect(60 * HOUR, 80 * HOUR, 160 * HOUR, ALERT_CRITICAL);
	expect(HOUR, 12 * HOUR, DAY, ALERT_NOTICE);
}
END_TEST

START_TEST(names_are_read_as_written)
{
	enum alert_level level;

	for (unsigned i = 0; i < ALERT_LEVELS; i++) {
		ck_assert(alert_level_parse(
			alert_level_name((enum alert_level)i), &level));
		ck_assert_uint_eq(level, i);
	}
	ck_assert(!alert_level_parse("loud", &level));
	ck_assert_int_eq(alert_priority(ALERT_NOTICE), LOG_NOTICE);
	ck_assert_int_eq(alert_priority(ALERT_EMERGENCY), LOG_EMERG);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("telling_level");
	TCase *levels = tcase_create("levels");

	tcase_add_test(levels, levels_follow_the_share_of_slack_used);
	tcase_add_test(levels, the_last_day_is_critical);
	tcase_add_test(levels, of_a_short_life_only_the_share_counts);
	tcase_add_test(levels, names_are_read_as_written);
	suite_add_tcase(suite, levels);
	return suite_run(suite);
}
