/* SPDX-License-Identifier: MIT */
#include "budget.h"

#include "budget_counted.h"
#include "known_lineage.h"
#include "mem.h"
#include "registered_domain.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>

#define MOST 500

/* As many lineages of one registered domain, at one CA. */
static struct known_lineage known[MOST];
static struct lineage *lineages[MOST];
static struct fleet fleet;
static char directory[] = "https://ca.test/directory";

static void set_limits(const char *text)
{
	struct limits limits = {0};
	struct strings words = {0};
	struct error err;

	strings_add_words(&words, text);
	for (size_t i = 0; i < words.count; i++)
		ck_assert(limits_add(&limits, words.items[i], &err));
	strings_clear(&words);
	for (size_t i = 0; i < MOST; i++)
		known[i].ca.limits = limits;
}

/* New ones, without a certificate. */
static void set_up(void)
{
	for (int i = 0; i < MOST; i++) {
		struct identifier *name = known[i].identifiers;
		char text[64];
		known_lineage_make(&known[i], 60 * DAY, 90 * DAY);
		known_lineage_set_missing(&known[i]);
		snprintf(text, sizeof(text), "w%d.shop.co.uk", i);
		ck_assert(identifier_parse(text, name, NULL));
		lineages[i] = known[i].lineage;
	}
	fleet = (struct fleet){
		.lineages = lineages, .count = MOST, .budgets = budgets_new()};
}

static void tear_down(void)
{
	budgets_free(fleet.budgets);
	for (int i = 0; i < MOST; i++)
		known_lineage_clear(&known[i]);
}

static void restart(void)
{
	budgets_free(fleet.budgets);
	fleet.budgets = budgets_new();
}

static int64_t wait_of(struct lineage *lineage, int64_t now)
{
	struct budget_wait wait;

	return budget_allows(&fleet, lineage, now, &wait) ? 0
							  : wait.until - now;
}

static void issue(struct lineage *lineage, int64_t now)
{
	ck_assert_int_eq(wait_of(lineage, now), 0);
	budget_begin(&fleet, lineage, now);
	budget_end(&fleet, lineage, true, NULL, now);
}

static void fail_with(struct lineage *lineage, bool is_ordered,
	enum error_kind kind, const char *words, double retry_after)
{
	struct error err;

	fail_cause(&err, kind, "", "%s", words);
	err.retry_after = retry_after;
	budget_begin(&fleet, lineage, NOW);
	budget_end(&fleet, lineage, is_ordered, &err, NOW);
}

START_TEST(a_domain_is_what_somebody_registered)
{
	static const struct {
		const char *name;
		const char *domain;
	} ROWS[] = {
		{"www.example.org", "example.org"},
		{"*.a.b.example.co.uk", "example.co.uk"},
		{"example.org", "example.org"},
		{"192.0.2.7", "192.0.2.7"},
		{"2001:db8:1:2:3::7", "2001:db8:1:2::/64"},
	};
	char domain[REGISTERED_DOMAIN_SIZE];
	struct identifier name;

	for (size_t i = 0; i < sizeof(ROWS) / sizeof(*ROWS); i++) {
		ck_assert(identifier_parse(ROWS[i].name, &name, NULL));
		registered_domain(&name, domain);
		ck_assert_str_eq(domain, ROWS[i].domain);
	}
}
END_TEST

START_TEST(what_was_counted_is_counted_after_a_restart)
{
	set_limits("domain:3/7d");
	for (int i = 0; i < 3; i++)
		issue(lineages[2 - i], NOW + i);
	int64_t wait = wait_of(lineages[3], NOW + 3);
	ck_assert_int_gt(wait, 0);
	restart();
	ck_assert_int_eq(wait_of(lineages[3], NOW + 3), wait);
}
END_TEST

START_TEST(what_the_ca_did_not_hear_of_is_given_back)
{
	set_limits("orders:2/3h domain:2/7d");
	fail_with(lineages[0], false, ERROR_TRANSIENT, "no route", 0);
	fail_with(lineages[1], true, ERROR_TRANSIENT, "lost", 0);
	issue(lineages[2], NOW);
	ck_assert_int_gt(wait_of(lineages[3], NOW), HOUR);
	ck_assert_int_lt(wait_of(lineages[3], NOW), 2 * HOUR);
	restart();
	ck_assert_int_gt(wait_of(lineages[3], NOW), HOUR);
	ck_assert_int_eq(wait_of(lineages[3], NOW + 2 * HOUR), 0);
}
END_TEST

/* As if it were installed: of that CA, with the same names. */
static void install(int i)
{
	lineages[i]->is_installed = true;
	lineages[i]->directory = mem_string(directory);
	lineages[i]->facts.identifiers[0] = known[i].identifiers[0];
}

START_TEST(a_renewal_is_no_new_certificate)
{
	set_limits("orders:1/3h domain:1/7d set:2/7d");
	issue(lineages[0], NOW);
	ck_assert_int_gt(wait_of(lineages[1], NOW), 0);
	install(1);
	issue(lineages[1], NOW);
	issue(lineages[1], NOW);
	ck_assert_int_gt(wait_of(lineages[1], NOW), 3 * DAY);
	lineages[1]->info = (struct renewal_info){
		.start = NOW - HOUR, .selected = NOW, .end = NOW + HOUR};
	ck_assert_int_eq(wait_of(lineages[1], NOW), 0);
}
END_TEST

START_TEST(only_what_a_429_speaks_of_waits)
{
	char text[BUDGET_TEXT_SIZE];
	struct budget_wait wait;
	struct identifier other;

	fail_with(lineages[0], false, ERROR_LIMITED,
		"too many certificates (50) already issued for \"shop.co.uk\" "
		"in the last 168h0m0s",
		HOUR);
	ck_assert(identifier_parse("example.org", &other, NULL));
	known[2].identifiers[0] = other;
	ck_assert_int_eq(wait_of(lineages[2], NOW), 0);
	ck_assert(!budget_allows(&fleet, lineages[1], NOW, &wait));
	ck_assert_int_eq(wait.until, NOW + HOUR + 1);
	budget_describe(lineages[1], &wait, text);
	ck_assert_str_eq(text, "limit 'domain' of CA 'test' for shop.co.uk");
	restart();
	ck_assert_int_eq(wait_of(lineages[1], NOW), HOUR + 1);
	ck_assert_int_eq(wait_of(lineages[1], NOW + 2 * HOUR), 0);
}
END_TEST

START_TEST(failed_validations_count_for_their_names)
{
	set_limits("failures:2/1h");
	fail_with(lineages[0], true, ERROR_VALIDATION, "no", 0);
	ck_assert_int_eq(wait_of(lineages[0], NOW), 0);
	fail_with(lineages[0], true, ERROR_VALIDATION, "no", 0);
	ck_assert_int_gt(wait_of(lineages[0], NOW), 29 * 60);
	ck_assert_int_eq(wait_of(lineages[1], NOW), 0);
}
END_TEST

/* A CA that counts as Let's Encrypt, from zero: orders when they are made,
 * certificates when they are issued, some seconds later. */
#define LATER 10

struct bucket {
	double burst;
	double period;
	double full;
};

struct mirror {
	struct bucket orders;
	struct bucket domain;
	int64_t issues[MOST];
	unsigned issued;
	unsigned begun;
};

static bool has_one(const struct bucket *bucket, int64_t now)
{
	double full = bucket->full > (double)now ? bucket->full : (double)now;

	return full + bucket->period / bucket->burst - bucket->period <=
		(double)now + 1e-6;
}

static void use_one(struct bucket *bucket, int64_t now)
{
	if (bucket->full < (double)now)
		bucket->full = (double)now;
	bucket->full += bucket->period / bucket->burst;
}

static void order(struct mirror *ca, struct lineage *lineage, int64_t now)
{
	while (ca->issued < ca->begun && ca->issues[ca->issued] <= now)
		use_one(&ca->domain, ca->issues[ca->issued++]);
	ck_assert(has_one(&ca->domain, now));
	ck_assert(has_one(&ca->orders, now));
	use_one(&ca->orders, now);
	ca->issues[ca->begun++] = now + LATER;
	budget_begin(&fleet, lineage, now);
	budget_end(&fleet, lineage, true, NULL, now);
}

/* Five hundred names of one domain, at once on a new machine (issue: done
 * when 8). The rate of a bucket is the CA's own bound. */
START_TEST(five_hundred_of_one_domain_never_meet_a_limit)
{
	struct mirror ca = {
		.orders = {.burst = 300, .period = 3 * HOUR},
		.domain = {.burst = 50, .period = 7 * DAY},
	};
	int64_t now = NOW;

	set_limits("orders:300/3h domain:50/7d set:5/7d failures:5/1h");
	for (int i = 0; i < MOST; i++) {
		int64_t wait = wait_of(lineages[i], now);
		ck_assert(i < 50 ? !wait : wait > 0);
		now += wait;
		order(&ca, lineages[i], now);
		if (i % 97 == 0)
			restart();
	}
	int64_t least = (int64_t)(MOST - 50) * 7 * DAY / 50;
	ck_assert_int_ge(now - NOW, least - 1);
	ck_assert_int_le(now - NOW, least + 30 * 60);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("budget");
	TCase *tests = tcase_create("budget");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, a_domain_is_what_somebody_registered);
	tcase_add_test(tests, what_was_counted_is_counted_after_a_restart);
	tcase_add_test(tests, what_the_ca_did_not_hear_of_is_given_back);
	tcase_add_test(tests, a_renewal_is_no_new_certificate);
	tcase_add_test(tests, only_what_a_429_speaks_of_waits);
	tcase_add_test(tests, failed_validations_count_for_their_names);
	tcase_add_test(tests, five_hundred_of_one_domain_never_meet_a_limit);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
