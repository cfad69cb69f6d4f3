/* SPDX-License-Identifier: MIT */
#include "dead_names.h"
#include "plan.h"
#include "rehearsal_time.h"
#include "setback.h"
#include "span.h"
#include "suite.h"
#include "telling_level.h"
#include "time_edges.h"

START_TEST(what_is_daily_comes_within_a_day)
{
	each(last) for (size_t i = 0; i < 3; i++)
	{
		int64_t next = rehearsal_next(*last, CHANCES[i], DAY);
		ck_assert_int_ge(next, *last);
		ck_assert(next > *last || next == INT64_MAX);
		ck_assert((wide)next - *last <= 2 * DAY);
	}
	each(not_after) each(now)
		ck_assert(dead_names_are_old(*not_after, *now) ==
			(*now > cut((wide)*not_after + 30 * DAY)));
}
END_TEST

START_TEST(the_level_rises_with_the_slack_used)
{
	each(slack) each(lifetime)
	{
		enum alert_level before = ALERT_NOTICE;
		each(used)
		{
			enum alert_level level = alert_level_of(
				&(struct alert_slack){.used = *used,
					.slack = *slack,
					.lifetime = *lifetime});
			ck_assert_int_ge(level, before);
			before = level;
		}
	}
}
END_TEST

/* The plan of a lineage with any dates, and what follows a failure. */
static void try_plan(struct lineage *lineage, int64_t now)
{
	struct error err = {.kind = ERROR_TRANSIENT};
	char words[SETBACK_WORDS_SIZE];
	char state[PLAN_STATE_SIZE];

	ck_assert_int_eq(plan_next(lineage, now).action, PLAN_ISSUE);
	setback_schedule(lineage, &err, now);
	ck_assert_int_ge(lineage->not_before, now);
	ck_assert_int_le(lineage->not_before, span_after(now, 8 * DAY));
	setback_next_try(lineage, now, words);
	setback_priority(lineage, now);
	plan_state(lineage, now, state);
}

START_TEST(a_plan_is_made_at_all_times)
{
	struct known_lineage known;
	struct renewal_window window;

	ck_assert(renewal_window_parse("02:00-05:00 UTC", &window));
	known_lineage_make(&known, 0, 90 * DAY);
	known.certificate.windows = &window;
	known.certificate.window_count = 1;
	each(not_before) each(not_after) each(now)
	{
		known.lineage->facts.not_before = *not_before;
		known.lineage->facts.not_after = *not_after;
		known.lineage->issued[0] = *not_before;
		known.lineage->issued[2] = *not_after;
		known.lineage->not_before = *not_after;
		try_plan(known.lineage, *now);
	}
	known_lineage_clear(&known);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan_edges");
	TCase *tests = tcase_create("plan_edges");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, what_is_daily_comes_within_a_day);
	tcase_add_test(tests, the_level_rises_with_the_slack_used);
	tcase_add_test(tests, a_plan_is_made_at_all_times);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
