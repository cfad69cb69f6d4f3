/* SPDX-License-Identifier: MIT */
#include "failover.h"

#include "canned.h"
#include "known_lineage.h"
#include "mem.h"
#include "plan.h"
#include "suite.h"
#include "text.h"
#include "timestamp.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * Ten thousand renewals by renewal information over years of simulated time:
 * the plan of the loop against a CA that moves windows, has incidents, is
 * away, and says all kinds of Retry-After. Each certificate goes its way
 * alone; the seed makes it the same way in every run.
 */

#define RENEWALS 10000
#define YEARS (3 * 365 * DAY)
#define MINUTE ((int64_t)60)

static struct known_lineage known;
static struct lineage *lineage;
static int64_t now;

/* Chance, the same everywhere. */

static uint64_t chance = 9773;

static double random_one(void)
{
	chance = chance * 6364136223846793005U + 1442695040888963407U;
	return (double)(chance >> 11) / 9007199254740992.0;
}

static int64_t random_below(int64_t most)
{
	return (int64_t)(random_one() * (double)most);
}

/* The CA. */

struct window {
	int64_t start;
	int64_t end;
};

static struct ca {
	struct window window;
	int64_t retry_after; /* as it was said last */
	int64_t asked;
	bool is_away;
} ca;

/* As Let's Encrypt has it; sometimes elsewhere. */
static void make_window(void)
{
	int64_t start = lineage->facts.not_before;
	int64_t span = lineage->facts.not_after + 1 - start;
	int64_t ideal = start + span / 2 + random_below(span / 6);

	ca.window = (struct window){ideal - span / 100, ideal + span / 100};
}

static void move_window(void)
{
	double event = random_one();

	if (event < 0.002)
		ca.window = (struct window){now - 2 * HOUR, now - HOUR};
	else if (event < 0.01)
		make_window();
	else if (event < 0.012)
		ca.window.end = lineage->facts.not_after + 90 * DAY;
	else if (event < 0.014)
		ca.window.end = ca.window.start + MINUTE;
}

static void say(char *body, size_t size)
{
	char start[TIMESTAMP_SIZE];
	char end[TIMESTAMP_SIZE];

	timestamp_format(ca.window.start, start);
	timestamp_format(ca.window.end, end);
	snprintf(body, size,
		"{\"suggestedWindow\":{\"start\":\"%s\",\"end\":\"%s\"}}",
		start, end);
}

static void expect_patience(void)
{
	int64_t least = ca.retry_after;

	if (!ca.asked)
		return;
	if (least < MINUTE)
		least = MINUTE;
	if (least > DAY)
		least = DAY;
	ck_assert_int_ge(now, ca.asked + least);
}

static void ask(void)
{
	struct error err;
	char body[160];

	expect_patience();
	ck_assert_int_lt(now, lineage->facts.not_after);
	ca.asked = now;
	ca.retry_after = 0;
	ca.is_away = random_one() < 0.05;
	if (ca.is_away) {
		fail_cause(&err, ERROR_TRANSIENT, "N2", "away");
		renewal_info_miss(&lineage->info, &err, random_one(), now);
		return;
	}
	move_window();
	say(body, sizeof(body));
	struct reply reply = canned(200, body);
	ca.retry_after = (int64_t)exp(random_one() * log(10 * DAY));
	reply.retry_after = (double)ca.retry_after;
	bool is_read = renewal_info_read(
		&lineage->info, &reply, random_one(), now, &err);
	ck_assert_msg(is_read, "%s: %s", err.text, body);
}

/* Certificates. */

static void install(int64_t lifetime)
{
	static unsigned serial;
	struct certificate_facts *facts = &lineage->facts;

	snprintf(facts->ari_id, sizeof(facts->ari_id), "a.%u", ++serial);
	facts->not_before = now - HOUR / 60;
	facts->not_after = facts->not_before + lifetime - 1;
	renewal_info_bind(&lineage->info, facts->ari_id);
	ck_assert_int_eq(lineage->info.selected, 0);
	lineage_add_issuance(lineage, now);
	lineage->seed = random_one();
	ca.asked = 0;
	ca.retry_after = 0;
	make_window();
}

/* Neither too soon after the one before, nor more than three in a week. */
static void expect_gap(int64_t lifetime)
{
	int64_t third = lineage->issued[2];

	ck_assert_int_ge(
		now - lineage->issued[0], renewal_minimum_gap(lifetime));
	if (lifetime >= 10 * DAY && third)
		ck_assert_int_ge(now - third, 7 * DAY);
}

/* Not before the window that the CA has told, unless our own bound comes
 * first: half of the slack, or the plan while the CA is away. */
static void expect_in_time(void)
{
	const struct renewal_info *info = &lineage->info;
	int64_t bound = lineage->facts.not_after - plan_slack(lineage) / 2;

	ck_assert_int_lt(now, lineage->facts.not_after);
	if (!info->selected || info->failures || now >= bound)
		return;
	ck_assert_int_ge(now, info->start);
	ck_assert_int_ge(now, info->selected);
}

/* When within its window it was renewed, as a part of it. */
static double spread[2 * RENEWALS];
static size_t spread_count;

static void note_spread(void)
{
	const struct renewal_info *info = &lineage->info;
	int64_t span = info->end - info->start;

	if (!info->selected || span < HOUR || spread_count == 2 * RENEWALS)
		return;
	spread[spread_count++] =
		((double)(info->selected - info->start) + random_one()) /
		(double)span;
}

/* Until the next issuance. */
static void live(void)
{
	for (;;) {
		int64_t question = renewal_info_due(
			&lineage->info, lineage->facts.not_after, now);
		struct plan plan = plan_next(lineage, now);
		ck_assert_int_eq(plan.action, PLAN_ISSUE);
		if (plan.when <= now)
			return;
		int64_t next = question < plan.when ? question : plan.when;
		now = next > now ? next : now;
		if (question <= now)
			ask();
	}
}

static unsigned live_for_years(int64_t lifetime)
{
	unsigned renewals = 0;

	known_lineage_make(&known, 0, lifetime);
	lineage = known.lineage;
	now = NOW;
	install(lifetime);
	while (now < NOW + YEARS) {
		live();
		expect_gap(lifetime);
		expect_in_time();
		note_spread();
		install(lifetime);
		renewals++;
	}
	known_lineage_clear(&known);
	return renewals;
}

START_TEST(ten_thousand_renewals_keep_every_bound)
{
	static const int64_t LIFETIMES[] = {
		90 * DAY, 47 * DAY, 200 * DAY, 6 * DAY, 64 * DAY};
	unsigned renewals = 0;

	for (unsigned i = 0; renewals < RENEWALS; i++)
		renewals += live_for_years(LIFETIMES[i % 5]);
	ck_assert_uint_ge(spread_count, RENEWALS * 9 / 10);
}
END_TEST

static int compare(const void *a, const void *b)
{
	double one = *(const double *)a;
	double other = *(const double *)b;

	return (one > other) - (one < other);
}

/* Kolmogorov and Smirnov, at one in a thousand. */
START_TEST(what_is_selected_is_spread_evenly)
{
	double count = 0;
	double worst = 0;

	for (int i = 0; i < 40; i++)
		live_for_years(6 * DAY);
	count = (double)spread_count;
	ck_assert_double_ge(count, 5000);
	qsort(spread, spread_count, sizeof(*spread), compare);
	for (size_t i = 0; i < spread_count; i++) {
		double off = fabs(spread[i] - ((double)i + 0.5) / count);
		worst = off > worst ? off : worst;
	}
	ck_assert_double_lt(worst * sqrt(count), 1.95);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("years");
	TCase *tests = tcase_create("years");

	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, ten_thousand_renewals_keep_every_bound);
	tcase_add_test(tests, what_is_selected_is_spread_evenly);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
