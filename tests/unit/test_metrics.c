/* SPDX-License-Identifier: MIT */
#include "metrics.h"

#include "known_lineage.h"
#include "mem.h"
#include "suite.h"

#include <check.h>
#include <stdio.h>

#define MANY 500

static struct events *events;
static struct fleet fleet;
static struct metrics_source source;

static void set_up(void)
{
	events = events_new();
	fleet = (struct fleet){.events = events, .tally = tally_new(events)};
	source = (struct metrics_source){&fleet, fleet.tally, NOW};
}

static void tear_down(void)
{
	fleet_clear(&fleet);
	tally_free(fleet.tally);
	events_free(events);
}

/* All pages, one behind the other; `between` may be NULL. */
static char *read_all(unsigned *pages, void (*between)(void))
{
	struct metrics_cursor cursor = {0};
	struct text all = {.limit = 8 * 1024 * 1024};
	bool has_more = true;

	for (*pages = 0; has_more; ++*pages) {
		struct text page cleanup_text_value = {0};
		has_more = metrics_page(&source, &cursor, &page);
		ck_assert_uint_lt(page.length, METRICS_PAGE + 4096);
		text_add(&all, page.data);
		if (between)
			between();
	}
	return text_take(&all);
}

static void expect_line(const char *line)
{
	unsigned pages;
	char *all cleanup(string) = read_all(&pages, NULL);

	ck_assert_msg(strstr(all, line), "no '%s' in:\n%s", line, all);
}

static void expect_none(const char *words)
{
	unsigned pages;
	char *all cleanup(string) = read_all(&pages, NULL);

	ck_assert_msg(!strstr(all, words), "'%s' in:\n%s", words, all);
}

static unsigned count_of(const char *text, const char *words)
{
	unsigned count = 0;

	for (; (text = strstr(text, words)); text += strlen(words))
		count++;
	return count;
}

/* Installed for that long, as of now. */
static struct lineage *add(const char *name, int64_t age, int64_t lifetime)
{
	struct lineage *lineage = fleet_add(&fleet, name);
	struct certificate_facts *facts = &lineage->facts;

	lineage->is_installed = true;
	lineage->is_loaded = true;
	facts->not_before = time(NULL) - age;
	facts->not_after = facts->not_before + lifetime;
	snprintf(facts->serial, sizeof(facts->serial), "0a:bc");
	snprintf(facts->issuer, sizeof(facts->issuer), "CN=A CA");
	return lineage;
}

START_TEST(a_daemon_without_certificates_has_metrics)
{
	expect_line("acmed_build_info{version=\"" ACMED_VERSION "\"} 1\n");
	expect_line("acmed_start_time_seconds 1800000000\n");
	expect_line("acmed_configuration_valid 1\n");
	expect_line("acmed_certificates{state=\"failing\"} 0\n");
	expect_line("# TYPE acmed_certificate_expiry_timestamp_seconds gauge");
}
END_TEST

START_TEST(a_certificate_shows_its_dates)
{
	struct lineage *lineage = add("shop.example", DAY, 90 * DAY);
	char line[128];

	snprintf(line, sizeof(line),
		"acmed_certificate_expiry_timestamp_seconds{"
		"certificate=\"shop.example\"} %lld\n",
		(long long)lineage->facts.not_after);
	expect_line(line);
	expect_line("acmed_certificate_slack_seconds{"
		    "certificate=\"shop.example\"} 2592000\n");
	expect_line("acmed_certificate_state{certificate=\"shop.example\","
		    "state=\"orphan\"} 1\n");
	expect_line("acmed_certificates{state=\"orphan\"} 1\n");
}
END_TEST

START_TEST(a_placeholder_has_no_dates)
{
	struct lineage *lineage = add("shop.example", DAY, 90 * DAY);

	lineage->is_installed = false;
	expect_none("expiry_timestamp_seconds{");
	expect_none("acmed_certificate_served{");
}
END_TEST

START_TEST(served_is_told_only_where_an_endpoint_is_known)
{
	struct lineage *lineage = add("shop.example", DAY, 90 * DAY);

	lineage->deploy.outcome = DEPLOY_UNPROVEN;
	lineage->deploy.step = DEPLOY_DONE;
	expect_none("acmed_certificate_served{");
	lineage->deploy.outcome = DEPLOY_SERVED;
	expect_line("acmed_certificate_served{certificate=\"shop.example\"} "
		    "1\n");
	lineage->deploy.outcome = DEPLOY_FAILED;
	lineage->deploy.step = DEPLOY_VERIFY;
	json_decref(lineage->endpoints);
	lineage->endpoints = json_pack("[s]", "192.0.2.1:443");
	expect_line("acmed_certificate_served{certificate=\"shop.example\"} "
		    "0\n");
}
END_TEST

START_TEST(failures_are_counted_by_cause_and_stage)
{
	struct lineage *lineage = add("shop.example", DAY, 90 * DAY);
	struct error named, nameless;

	fail_cause(&named, ERROR_VALIDATION, "H2", "port 80");
	fail_cause(&nameless, ERROR_TRANSIENT, "", "who knows");
	for (int i = 0; i < 2; i++)
		fleet_tell(&fleet, lineage,
			&(struct event){.name = "failed", .err = &named}, "x");
	fleet_tell(&fleet, lineage,
		&(struct event){.name = "deploy-failed", .err = &nameless},
		"x");
	expect_line("acmed_certificate_failures_total{"
		    "certificate=\"shop.example\",stage=\"renewal\","
		    "code=\"H2\"} 2\n");
	expect_line("acmed_certificate_failures_total{"
		    "certificate=\"shop.example\",stage=\"deployment\","
		    "code=\"transient\"} 1\n");
}
END_TEST

START_TEST(what_was_issued_is_counted)
{
	struct lineage *lineage = add("shop.example", DAY, 90 * DAY);

	fleet_tell(&fleet, lineage, &(struct event){.name = "issued"}, "x");
	expect_line("acmed_certificate_issued_total{"
		    "certificate=\"shop.example\"} 1\n");
}
END_TEST

START_TEST(steps_of_orders_are_timed_for_each_ca)
{
	const struct event step = {.name = "step",
		.ca = "little",
		.step = "create",
		.seconds = 0.25};

	events_emit(events, &step, "x");
	events_emit(events, &step, "x");
	expect_line("acmed_order_step_duration_seconds_sum{ca=\"little\","
		    "step=\"create\"} 0.5\n");
	expect_line("acmed_order_step_duration_seconds_count{ca=\"little\","
		    "step=\"create\"} 2\n");
}
END_TEST

START_TEST(rescans_are_counted_by_what_came_of_them)
{
	tally_rescan(fleet.tally, TALLY_REJECTED);
	expect_line("acmed_rescans_total{result=\"accepted\"} 0\n");
	expect_line("acmed_rescans_total{result=\"rejected\"} 1\n");
}
END_TEST

static void add_many(void)
{
	char name[32];

	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "n%03d.example", i);
		add(name, DAY, 90 * DAY);
	}
}

START_TEST(many_certificates_take_many_pages_and_each_is_told_once)
{
	unsigned pages;

	add_many();
	char *all cleanup(string) = read_all(&pages, NULL);
	ck_assert_uint_gt(pages, 10);
	ck_assert_uint_eq(count_of(all, "\nacmed_certificate_state{"), MANY);
	ck_assert_uint_eq(
		count_of(all, "\n# TYPE "), count_of(all, "\n# HELP ") + 1);
	ck_assert_uint_eq(
		count_of(all, "# TYPE acmed_certificate_state gauge"), 1);
}
END_TEST

/* The one told last, and one in the middle. */
static void remove_two(void)
{
	if (fleet.count > 2) {
		fleet_remove(&fleet, fleet.lineages[0]);
		fleet_remove(&fleet, fleet.lineages[fleet.count / 2]);
	}
}

START_TEST(certificates_may_go_between_two_pages)
{
	unsigned pages;

	add_many();
	char *all cleanup(string) = read_all(&pages, remove_two);
	ck_assert_uint_eq(
		count_of(all, "# TYPE acmed_certificate_state gauge"), 1);
	ck_assert_uint_le(count_of(all, "\nacmed_certificate_state{"), MANY);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("metrics");
	TCase *tests = tcase_create("metrics");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, a_daemon_without_certificates_has_metrics);
	tcase_add_test(tests, a_certificate_shows_its_dates);
	tcase_add_test(tests, a_placeholder_has_no_dates);
	tcase_add_test(tests, served_is_told_only_where_an_endpoint_is_known);
	tcase_add_test(tests, failures_are_counted_by_cause_and_stage);
	tcase_add_test(tests, what_was_issued_is_counted);
	tcase_add_test(tests, steps_of_orders_are_timed_for_each_ca);
	tcase_add_test(tests, rescans_are_counted_by_what_came_of_them);
	tcase_add_test(
		tests, many_certificates_take_many_pages_and_each_is_told_once);
	tcase_add_test(tests, certificates_may_go_between_two_pages);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
