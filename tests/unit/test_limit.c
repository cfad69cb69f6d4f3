/* SPDX-License-Identifier: MIT */
#include "limit.h"

#include "suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR 3600
#define DAY (24 * HOUR)
#define WEEK (7 * DAY)
#define NOW ((int64_t)1800000000)

static struct limits limits;
static struct limit_counts *counts;

static void set_up(void)
{
	struct error err;

	limits = (struct limits){0};
	counts = limit_counts_new();
	ck_assert(limits_add(&limits, "orders:300/3h", &err));
	ck_assert(limits_add(&limits, "domain:50/7d", &err));
}

static void tear_down(void)
{
	limit_counts_free(counts);
}

static int64_t wait_of(const char *key, int64_t now)
{
	return limit_wait(counts, &limits, LIMIT_DOMAIN, key, now);
}

static void spend(const char *key, unsigned times, int64_t when)
{
	for (unsigned i = 0; i < times; i++) {
		ck_assert_int_eq(wait_of(key, when), 0);
		limit_spend(counts, &limits, LIMIT_DOMAIN, key, when);
	}
}

START_TEST(a_limit_is_a_kind_a_number_and_a_time)
{
	static const char *const WRONG[] = {"", "orders", "orders:0/3h",
		"orders:-1/3h", "orders:300", "orders:300/", "orders:300/0s",
		"orders:300/3h ", "orders:300/3x", "order:300/3h",
		"orders:99999999/3h", "orders:9999999/3h", "Orders:1/3h",
		"orders:1/3h/2"};
	struct error err;

	ck_assert_int_eq(limits.of[LIMIT_ORDERS].burst, 300);
	ck_assert_int_eq(limits.of[LIMIT_ORDERS].period, 3 * HOUR);
	ck_assert(!limits_add(&limits, "orders:1/1h", &err)); /* twice */
	limits = (struct limits){0};
	for (size_t i = 0; i < sizeof(WRONG) / sizeof(*WRONG); i++)
		ck_assert_msg(
			!limits_add(&limits, WRONG[i], &err), "'%s'", WRONG[i]);
}
END_TEST

START_TEST(the_burst_is_there_at_once_and_then_one_by_one)
{
	spend("example.org", 50, NOW);
	int64_t wait = wait_of("example.org", NOW);
	ck_assert_int_ge(wait, WEEK / 50);
	ck_assert_int_le(wait, WEEK / 50 + WEEK / 1000 + 4);
	spend("example.org", 1, NOW + wait);
	ck_assert_int_gt(wait_of("example.org", NOW + wait), WEEK / 51);
	ck_assert_int_eq(wait_of("example.com", NOW), 0);
	spend("example.org", 50, NOW + 3 * WEEK);
}
END_TEST

START_TEST(what_was_not_used_is_given_back)
{
	spend("example.org", 50, NOW);
	limit_refund(counts, &limits, LIMIT_DOMAIN, "example.org");
	spend("example.org", 1, NOW);
	ck_assert_int_gt(wait_of("example.org", NOW), 0);
	limit_refund(counts, &limits, LIMIT_DOMAIN, "never.seen");
}
END_TEST

START_TEST(without_a_limit_nothing_is_waited_for)
{
	limits = (struct limits){0};
	spend("example.org", 1000, NOW);
}
END_TEST

START_TEST(the_word_of_the_ca_wins)
{
	limit_correct(counts, &limits, LIMIT_DOMAIN, "example.org", NOW + DAY);
	ck_assert_int_eq(wait_of("example.org", NOW), DAY);
	ck_assert_int_eq(wait_of("example.com", NOW), 0);
	ck_assert_int_eq(limit_wait(counts, &limits, LIMIT_ORDERS, "", NOW), 0);
	int64_t end = NOW + DAY + WEEK / 1000 + 4;
	spend("example.org", 1, end);
	ck_assert_int_gt(wait_of("example.org", end), WEEK / 51);
	limits = (struct limits){0};
	limit_correct(counts, &limits, LIMIT_SET, "none", NOW + DAY);
	ck_assert_int_eq(
		limit_wait(counts, &limits, LIMIT_SET, "none", NOW), DAY);
	ck_assert_int_eq(
		limit_wait(counts, &limits, LIMIT_SET, "none", NOW + DAY), 0);
}
END_TEST

START_TEST(a_clock_that_was_ahead_has_counted_nothing)
{
	int64_t ahead = NOW + 10000 * (int64_t)DAY;

	spend("example.org", 50, ahead);
	limit_correct(
		counts, &limits, LIMIT_DOMAIN, "example.com", ahead + DAY);
	ck_assert_int_gt(wait_of("example.org", ahead), 0);
	ck_assert_int_gt(wait_of("example.com", ahead), 0);
	ck_assert_int_eq(wait_of("example.org", NOW), 0);
	ck_assert_int_eq(wait_of("example.com", NOW), 0);
	ck_assert_int_eq(limit_left(counts, &limits, LIMIT_DOMAIN, NOW), 50);
	spend("example.org", 50, NOW);
	spend("example.com", 50, NOW);
	int64_t wait = wait_of("example.org", NOW);
	ck_assert_int_gt(wait, 0);
	ck_assert_int_le(wait, WEEK);
}
END_TEST

/* A CA that looks when it is asked, and counts when it issues. */
struct late_ca {
	double full;
	double issues[64]; /* to come, in their order */
	unsigned count;
};

static void let_issue(struct late_ca *ca, double now)
{
	unsigned done = 0;

	while (done < ca->count && ca->issues[done] <= now) {
		if (ca->full < ca->issues[done])
			ca->full = ca->issues[done];
		ca->full += (double)WEEK / 50;
		done++;
	}
	ca->count -= done;
	memmove(ca->issues, ca->issues + done, ca->count * sizeof(*ca->issues));
}

START_TEST(a_ca_that_counts_later_is_never_asked_too_early)
{
	struct late_ca ca = {0};
	int64_t now = NOW;

	srand(1);
	for (int i = 0; i < 2000; i++) {
		now += wait_of("example.org", now);
		let_issue(&ca, (double)now);
		double full = ca.full > (double)now ? ca.full : (double)now;
		ck_assert_double_le(
			full + (double)WEEK / 50 - WEEK, (double)now + 1e-6);
		limit_spend(counts, &limits, LIMIT_DOMAIN, "example.org", now);
		ck_assert_uint_lt(ca.count, 64);
		ca.issues[ca.count++] = (double)now + 10;
		now += i % 100 ? 0 : rand() % WEEK;
	}
}
END_TEST

static const struct {
	const char *words;
	enum limit_kind kind;
	const char *key;
} WORDS[] = {
	{"too many new orders (300) from this account in the last 3h0m0s",
		LIMIT_ORDERS, ""},
	{"too many certificates (50) already issued for \"example.org\" in "
	 "the last 168h0m0s, retry after",
		LIMIT_DOMAIN, "example.org"},
	{"too many certificates (5) already issued for this exact set of "
	 "identifiers in the last 168h0m0s",
		LIMIT_SET, ""},
	{"too many failed authorizations (5) for \"www.example.org\" in the "
	 "last 1h0m0s",
		LIMIT_FAILURES, "www.example.org"},
};

static int64_t left_at(int64_t now)
{
	return limit_left(counts, &limits, LIMIT_DOMAIN, now);
}

START_TEST(what_is_left_is_what_the_busiest_has)
{
	ck_assert_int_eq(left_at(NOW), 50);
	spend("a.example", 3, NOW);
	spend("b.example", 10, NOW);
	ck_assert_int_eq(left_at(NOW), 40);
	ck_assert_int_eq(left_at(NOW + DAY), 47);
	ck_assert_int_eq(left_at(NOW + WEEK), 50);
	limit_correct(counts, &limits, LIMIT_DOMAIN, "a.example", NOW + HOUR);
	ck_assert_int_eq(left_at(NOW), 0);
	ck_assert_int_eq(limit_left(counts, &limits, LIMIT_ORDERS, NOW), 300);
	ck_assert_int_eq(limit_left(counts, &limits, LIMIT_SET, NOW), -1);
}
END_TEST

START_TEST(what_the_ca_speaks_of_is_understood)
{
	enum limit_kind kind;
	char key[LIMIT_KEY_MAX];
	char long_name[LIMIT_KEY_MAX + 128];

	snprintf(long_name, sizeof(long_name),
		"too many certificates (50) already issued for \"%0*d\" in "
		"the last 168h",
		LIMIT_KEY_MAX, 0);
	for (size_t i = 0; i < sizeof(WORDS) / sizeof(*WORDS); i++) {
		ck_assert(limit_of_words(WORDS[i].words, &kind, key));
		ck_assert_int_eq(kind, WORDS[i].kind);
		ck_assert_str_eq(key, WORDS[i].key);
	}
	ck_assert(!limit_of_words("service busy; retry later", &kind, key));
	ck_assert(limit_of_words(long_name, &kind, key));
	ck_assert_str_eq(key, "");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("limit");
	TCase *tests = tcase_create("limit");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, a_limit_is_a_kind_a_number_and_a_time);
	tcase_add_test(tests, the_burst_is_there_at_once_and_then_one_by_one);
	tcase_add_test(tests, what_was_not_used_is_given_back);
	tcase_add_test(tests, without_a_limit_nothing_is_waited_for);
	tcase_add_test(tests, the_word_of_the_ca_wins);
	tcase_add_test(tests, a_clock_that_was_ahead_has_counted_nothing);
	tcase_add_test(tests, a_ca_that_counts_later_is_never_asked_too_early);
	tcase_add_test(tests, what_is_left_is_what_the_busiest_has);
	tcase_add_test(tests, what_the_ca_speaks_of_is_understood);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
