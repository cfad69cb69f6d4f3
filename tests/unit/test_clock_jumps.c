/* SPDX-License-Identifier: MIT */
#include "known_lineage.h"
#include "plan.h"
#include "renewal_time.h"
#include "setback.h"
#include "suite.h"

#include <check.h>
#undef fail /* ours, not the old one of check */
#include <stdio.h>
#include <stdlib.h>

/*
 * 100,000 jumps of a machine's clock, forwards and back, small and to 1970,
 * 2038 and 2100, and sleeps of days, with a certificate that is to be renewed
 * all the while. The CA lives in true time; it is not believed where its own
 * certificate is not valid by our clock, and the vault believes no clock from
 * before the last certificate. Once the clock has been right for two days no
 * certificate has expired, and jumps make no storm.
 */

#define JUMPS 100000
#define MINUTE ((int64_t)60)
#define YEAR (365 * DAY)
#define HEALED (2 * DAY)
#define API_DAYS 45 /* its certificate is valid for so long, both ways */

static struct known_lineage known;
static struct lineage *lineage;
static int64_t truth, offset, right_since, learned;
static unsigned issuances, jumps_since, judged;

/* Chance, the same everywhere. */

static uint64_t chance = 2038;

static int64_t below(int64_t most)
{
	chance = chance * 6364136223846793005U + 1442695040888963407U;
	return (int64_t)((chance >> 11) % (uint64_t)most);
}

static int64_t either(int64_t by)
{
	return below(2) ? by : -by;
}

static int64_t ours(void)
{
	return truth + offset;
}

/* The machine. */

static void set_clock(int64_t to)
{
	offset = to - truth;
	jumps_since++;
}

static void jump(void)
{
	switch (below(10)) {
	case 0:
		set_clock(below(DAY)); /* 1970 */
		break;
	case 1:
		set_clock(INT32_MAX + either(below(DAY))); /* 2038 */
		break;
	case 2:
		set_clock((int64_t)4102444800 + below(DAY)); /* 2100 */
		break;
	case 3:
		set_clock(ours() + either(HOUR)); /* daylight saving */
		break;
	case 4:
		set_clock(ours() + either(below(100 * DAY)));
		break;
	case 5:
		set_clock(ours() + either(below(3 * YEAR)));
		break;
	case 6:
		truth += below(10 * DAY); /* it slept */
		break;
	default:
		set_clock(truth);
	}
	right_since = truth;
}

/* An attempt. */

static void refuse(enum error_kind kind, const char *code)
{
	struct error err;

	fail_cause(&err, kind, code, "no");
	lineage_set_failure(lineage, &err);
	setback_schedule(lineage, &err, ours());
}

static void install(int64_t lifetime)
{
	struct certificate_facts *facts = &lineage->facts;

	snprintf(facts->ari_id, sizeof(facts->ari_id), "a.%u", ++issuances);
	facts->not_before = truth - HOUR;
	facts->not_after = facts->not_before + lifetime - 1;
	learned = facts->not_before > learned ? facts->not_before : learned;
	renewal_info_bind(&lineage->info, facts->ari_id);
	lineage_add_issuance(lineage, ours());
	lineage_set_failure(lineage, NULL);
	jumps_since = 0;
}

/* One jump may make one early renewal, and time makes the others. */
static void expect_no_storm(int64_t last, int64_t lifetime)
{
	ck_assert_msg(jumps_since ||
			truth - last >= renewal_minimum_gap(lifetime) - HOUR,
		"again after %lld s without a jump", (long long)(truth - last));
}

static void attempt(int64_t lifetime)
{
	int64_t last = lineage->facts.not_before;
	int64_t apart = llabs(offset);

	lineage->last_attempt = ours();
	if (ours() < learned)
		refuse(ERROR_LOCAL, "C1");
	else if (apart > API_DAYS * DAY)
		refuse(ERROR_TRANSIENT, "C1");
	else if (ours() < truth - HOUR - 5 * MINUTE)
		refuse(ERROR_TRANSIENT, "K6");
	else if (below(20) == 0)
		refuse(ERROR_TRANSIENT, "N8");
	else {
		expect_no_storm(last, lifetime);
		install(lifetime);
	}
}

/* The loop wakes at least once a minute; nothing is due meanwhile. */
static void wake(int64_t lifetime)
{
	struct plan plan = plan_next(lineage, ours());

	ck_assert_int_eq(plan.action, PLAN_ISSUE);
	if (plan.when <= ours())
		attempt(lifetime);
}

static void expect_valid(void)
{
	if (offset || truth - right_since < HEALED)
		return;
	judged++;
	ck_assert_msg(truth < lineage->facts.not_after,
		"expired %lld s ago, after %lld s of a right clock",
		(long long)(truth - lineage->facts.not_after),
		(long long)(truth - right_since));
}

/* While the clock is wrong it is looked at each minute, to no avail. */
static int64_t pace(void)
{
	return offset && lineage->failures ? 6 * HOUR : MINUTE;
}

/* For a while, in steps to what is due. */
static void pass(int64_t seconds, int64_t lifetime)
{
	int64_t end = truth + seconds;

	while (truth < end) {
		wake(lifetime);
		int64_t wait = plan_next(lineage, ours()).when - ours();
		if (wait > end - truth)
			wait = end - truth;
		truth += wait > pace() ? wait : pace();
		expect_valid();
	}
}

static void live(int64_t lifetime, unsigned jumps)
{
	known_lineage_make(&known, 0, lifetime);
	lineage = known.lineage;
	truth = right_since = NOW;
	offset = learned = 0;
	install(lifetime);
	while (jumps--) {
		pass(below(below(4) ? 3 * HOUR : 10 * DAY), lifetime);
		jump();
	}
	known_lineage_clear(&known);
}

START_TEST(a_clock_that_jumps_makes_no_storm_and_misses_no_renewal)
{
	static const int64_t LIFETIMES[] = {
		90 * DAY, 47 * DAY, 200 * DAY, 6 * DAY};

	for (unsigned i = 0; i < 100; i++)
		live(LIFETIMES[i % 4], JUMPS / 100);
	ck_assert_uint_ge(issuances, 1000);
	ck_assert_uint_ge(judged, 1000);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("clock_jumps");
	TCase *tests = tcase_create("clock_jumps");

	tcase_set_timeout(tests, 120);
	tcase_add_test(
		tests, a_clock_that_jumps_makes_no_storm_and_misses_no_renewal);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
