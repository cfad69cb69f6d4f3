/* SPDX-License-Identifier: MIT */
#include "telling.h"

#include "json.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>

#define HOUR 3600
#define DAY 86400
#define START 1800000000

static struct telling *telling;
static int64_t now;
static char said[1024]; /* "kind/level/causes " of each message */
static char subject[TELLING_SUBJECT_MAX + 1];
static char text[TELLING_TEXT_MAX + 1];

static void set_up(void)
{
	telling = telling_new();
	now = START;
	said[0] = '\0';
}

static void tear_down(void)
{
	telling_free(telling);
}

static void set(const char *source, const char *name, const char *code,
	enum alert_level level)
{
	telling_set(telling,
		&(struct alert_trouble){
			.source = source,
			.subject = name,
			.code = code,
			.level = level,
			.text = "port 80 is closed",
		},
		now);
}

static void fail_renewal(
	const char *name, const char *code, enum alert_level level)
{
	set("renewal", name, code, level);
}

static void clear(const char *name)
{
	struct alert_trouble gone;

	telling_clear(telling, "renewal", name, &gone);
}

static void keep(const struct telling_message *message)
{
	size_t length = strlen(said);

	snprintf(said + length, sizeof(said) - length, "%s/%s/%zu ",
		telling_kind_name(message->kind),
		alert_level_name(message->level),
		json_array_size(message->causes));
	snprintf(subject, sizeof(subject), "%s", message->subject);
	snprintf(text, sizeof(text), "%s", message->text);
}

static void look(void)
{
	struct telling_message message;

	while (telling_next(telling, "www", now, &message)) {
		keep(&message);
		telling_message_clear(&message);
	}
}

/* As the daemon does: soon after a change, and each minute. */
static void expect(const char *wanted)
{
	said[0] = '\0';
	look();
	now += 6;
	look();
	ck_assert_str_eq(said, wanted);
}

static void expect_within(int64_t span, const char *wanted)
{
	said[0] = '\0';
	for (int64_t end = now + span; now < end; now += 600)
		look();
	ck_assert_str_eq(said, wanted);
}

START_TEST(a_new_cause_is_told_at_once)
{
	fail_renewal("example.org", "H1", ALERT_WARNING);
	expect("news/warning/1 ");
	ck_assert_str_eq(subject,
		"acmed on www: warning: The CA cannot reach the name (H1)");
	ck_assert_ptr_nonnull(strstr(text,
		"  warning: example.org: port 80 is closed (since 6s)\n"
		"  What to do: "));
	ck_assert_ptr_nonnull(strstr(text, "acmectl status --failing"));
	expect("");
}
END_TEST

START_TEST(a_notice_is_told_to_nobody)
{
	fail_renewal("example.org", "H1", ALERT_NOTICE);
	expect_within(3 * DAY, "");
	clear("example.org");
	expect_within(3 * DAY, "");
}
END_TEST

START_TEST(what_fails_together_comes_in_one_message)
{
	char name[32];

	for (int i = 0; i < 500; i++) {
		snprintf(name, sizeof(name), "host%d.example", i);
		fail_renewal(name, i % 2 ? "N8" : "H1", ALERT_ERROR);
	}
	expect("news/error/2 ");
	ck_assert_ptr_nonnull(strstr(text, "  and 240 more\n"));
	ck_assert_ptr_nonnull(strstr(subject, ", and 1 more"));
}
END_TEST

START_TEST(another_certificate_with_a_known_cause_waits_for_the_daily_one)
{
	fail_renewal("a.example", "H1", ALERT_WARNING);
	expect("news/warning/1 ");
	fail_renewal("b.example", "H1", ALERT_WARNING);
	expect("");
	expect_within(DAY + HOUR, "lasting/warning/1 ");
	ck_assert_ptr_nonnull(strstr(text, "b.example"));
	ck_assert_ptr_nonnull(strstr(subject, "still: "));
	ck_assert_ptr_nonnull(strstr(subject, ", 2 times"));
}
END_TEST

START_TEST(a_risen_level_is_told_at_once)
{
	fail_renewal("a.example", "H1", ALERT_WARNING);
	expect("news/warning/1 ");
	fail_renewal("a.example", "H1", ALERT_ERROR);
	expect("news/error/1 ");
	fail_renewal("a.example", "H1", ALERT_EMERGENCY);
	expect("news/emergency/1 ");
}
END_TEST

START_TEST(another_cause_is_told_at_once)
{
	fail_renewal("a.example", "H1", ALERT_WARNING);
	expect("news/warning/1 ");
	fail_renewal("a.example", "N8", ALERT_WARNING);
	expect("news/warning/1 well/notice/1 ");
}
END_TEST

START_TEST(what_lasts_is_told_once_a_day_in_one_message)
{
	fail_renewal("a.example", "H1", ALERT_WARNING);
	expect("news/warning/1 ");
	now += 5 * HOUR;
	fail_renewal("b.example", "N8", ALERT_CRITICAL);
	set("machine", "", "C1", ALERT_ERROR);
	expect("news/critical/2 ");
	expect_within(2 * DAY, "lasting/critical/3 lasting/critical/3 ");
}
END_TEST

START_TEST(the_end_is_told_once)
{
	fail_renewal("a.example", "H1", ALERT_WARNING);
	fail_renewal("b.example", "H1", ALERT_WARNING);
	expect("news/warning/1 ");
	clear("a.example");
	expect("");
	clear("b.example");
	expect("well/notice/1 ");
	ck_assert_str_eq(subject,
		"acmed on www: well again: The CA cannot reach the name (H1)");
	expect_within(3 * DAY, "");
}
END_TEST

START_TEST(what_ends_before_it_is_told_is_not_told)
{
	fail_renewal("a.example", "H1", ALERT_WARNING);
	look();
	clear("a.example");
	expect("");
}
END_TEST

START_TEST(what_comes_and_goes_does_not_chatter)
{
	fail_renewal("a.example", "H1", ALERT_WARNING);
	expect("news/warning/1 ");
	clear("a.example");
	expect("well/notice/1 ");
	now += HOUR;
	fail_renewal("a.example", "H1", ALERT_WARNING);
	expect("");
	expect_within(DAY + HOUR, "lasting/warning/1 ");
	clear("a.example");
	expect("well/notice/1 ");
	expect_within(2 * DAY, "");
	fail_renewal("a.example", "H1", ALERT_WARNING);
	expect("news/warning/1 ");
}
END_TEST

START_TEST(worse_than_it_was_is_told_though_it_has_just_ended)
{
	fail_renewal("a.example", "H1", ALERT_WARNING);
	expect("news/warning/1 ");
	clear("a.example");
	expect("well/notice/1 ");
	fail_renewal("a.example", "H1", ALERT_ERROR);
	expect("news/error/1 ");
}
END_TEST

START_TEST(a_level_that_fell_long_ago_may_rise_again)
{
	fail_renewal("a.example", "H1", ALERT_WARNING);
	fail_renewal("b.example", "H1", ALERT_CRITICAL);
	expect("news/critical/1 ");
	clear("b.example");
	expect_within(DAY + HOUR, "lasting/warning/1 ");
	fail_renewal("b.example", "H1", ALERT_CRITICAL);
	expect("");
	clear("b.example");
	for (int day = 0; day < 11; day++)
		expect_within(DAY, "lasting/warning/1 ");
	fail_renewal("b.example", "H1", ALERT_CRITICAL);
	expect("news/critical/1 ");
}
END_TEST

START_TEST(without_a_code_the_source_is_the_cause)
{
	fail_renewal("a.example", "", ALERT_WARNING);
	set("deploy", "a.example", "", ALERT_WARNING);
	expect("news/warning/2 ");
	ck_assert_str_eq(subject,
		"acmed on www: warning: A certificate is not deployed, and 1 "
		"more");
}
END_TEST

static void restart(void)
{
	json_t *state = telling_to_json(telling);

	telling_free(telling);
	telling = telling_new();
	telling_from_json(telling, state, now);
	json_decref(state);
}

START_TEST(a_state_cannot_bring_a_code_that_cannot_be_shown)
{
	json_t *state = json_pack("{s:i, s:[{s:s, s:s, s:b, s:i}]}", "schema",
		1, "causes", "code", "\x7fH2", "known", "warning", "open", 1,
		"told", (int)now);

	telling_from_json(telling, state, now);
	json_decref(state);
	state = telling_to_json(telling);
	char *kept = json_dumps(state, 0);
	json_decref(state);
	ck_assert_ptr_null(strstr(kept, "H2"));
	free(kept);
}
END_TEST

START_TEST(a_restart_tells_nothing_again)
{
	fail_renewal("a.example", "H1", ALERT_WARNING);
	expect("news/warning/1 ");
	restart();
	expect("");
	fail_renewal("a.example", "H1", ALERT_WARNING);
	expect("");
	expect_within(DAY + HOUR, "lasting/warning/1 ");
}
END_TEST

START_TEST(what_ended_while_it_was_stopped_is_told)
{
	fail_renewal("a.example", "H1", ALERT_WARNING);
	expect("news/warning/1 ");
	restart();
	clear("a.example");
	expect("well/notice/1 ");
}
END_TEST

START_TEST(what_nobody_looks_at_any_more_ends)
{
	set("rehearsal", "a.example", "H1", ALERT_WARNING);
	expect("news/warning/1 ");
	restart();
	now += 8 * DAY;
	expect("well/notice/1 ");
}
END_TEST

/* M7, of mail or of the URL */
static void break_channel(const char *name)
{
	set("machine", name, "M7", ALERT_ERROR);
}

START_TEST(another_channel_that_fails_is_news_within_a_day)
{
	break_channel("/mail");
	expect("news/error/1 ");
	now += HOUR;
	break_channel("/url");
	expect("news/error/1 ");
	ck_assert_str_eq(subject,
		"acmed on www: error: A way to tell people fails (M7)");
	break_channel("/mail");
	expect("");
}
END_TEST

START_TEST(which_channels_have_failed_lasts_over_a_restart)
{
	break_channel("/mail");
	expect("news/error/1 ");
	json_t *state = telling_to_json(telling);
	telling_free(telling);
	telling = telling_new();
	telling_from_json(telling, state, now);
	json_decref(state);
	break_channel("/mail");
	expect("");
	break_channel("/url");
	expect("news/error/1 ");
}
END_TEST

static bool is_b(void *data, const char *source, const char *name)
{
	(void)data;
	(void)source;
	return streq(name, "b.example");
}

START_TEST(certificates_that_are_gone_are_swept_out)
{
	fail_renewal("a.example", "H1", ALERT_WARNING);
	fail_renewal("b.example", "N8", ALERT_WARNING);
	set("machine", "", "C1", ALERT_WARNING);
	telling_sweep(telling, is_b, NULL);
	expect("news/warning/2 ");
	ck_assert_uint_eq(telling_count(telling), 2);
}
END_TEST

START_TEST(what_is_gone_is_not_said_to_be_well)
{
	fail_renewal("a.example", "H1", ALERT_WARNING);
	expect("news/warning/1 ");
	telling_sweep(telling, is_b, NULL);
	expect_within(3 * DAY, "");
}
END_TEST

static void retire(const char *name)
{
	telling_set(telling,
		&(struct alert_trouble){
			.source = "retired",
			.subject = name,
			.code = "",
			.level = ALERT_WARNING,
			.text = "nobody needs it",
			.is_once = true,
		},
		now);
}

START_TEST(what_is_told_once_is_over_then)
{
	retire("a.example");
	telling_sweep(telling, is_b, NULL);
	expect("news/warning/1 ");
	ck_assert_str_eq(
		subject, "acmed on www: warning: A certificate is retired");
	ck_assert_ptr_nonnull(strstr(text, "a.example: nobody needs it"));
	ck_assert_uint_eq(telling_count(telling), 0);
	expect_within(3 * DAY, "");
	retire("a.example");
	expect("news/warning/1 ");
}
END_TEST

START_TEST(what_is_told_once_is_told_after_a_restart)
{
	retire("a.example");
	restart();
	expect("news/warning/1 ");
	restart();
	expect_within(3 * DAY, "");
}
END_TEST

START_TEST(more_of_what_is_told_once_comes_with_the_daily_message)
{
	retire("a.example");
	expect("news/warning/1 ");
	now += HOUR;
	retire("b.example");
	expect("");
	restart();
	expect_within(DAY + HOUR, "lasting/warning/1 ");
	ck_assert_ptr_nonnull(strstr(text, "b.example"));
	ck_assert_ptr_null(strstr(text, "a.example"));
	expect_within(3 * DAY, "");
}
END_TEST

START_TEST(the_state_of_many_fits_into_a_file)
{
	char name[128], code[16];

	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "host%d.%080d.example", i, i);
		snprintf(code, sizeof(code), "X%d", i % 100);
		fail_renewal(name, code, ALERT_WARNING);
	}
	expect("news/warning/20 ");
	json_t *state = telling_to_json(telling);
	ck_assert_uint_lt(json_dumpb(state, NULL, 0, JSON_COMPACT), 60000);
	json_decref(state);
	restart();
	expect("");
}
END_TEST

/* Done when 6: a year of a thousand that fail. */

#define MANY 1000
#define CODES 8

struct year {
	size_t news;
	size_t lasting;
	size_t others;
	size_t most_a_day; /* of lasting */
};

static const char *const CAUSES[CODES] = {
	"H1", "N8", "D2", "R2", "A2", "L1", "T1", ""};

/* Each has its own day of renewal, and its cause changes each day. */
static void fail_all(int day)
{
	char name[32];

	for (int i = 0; i < MANY; i++) {
		const struct alert_slack slack = {
			.used = (day - i % 61) * (int64_t)DAY,
			.slack = 30 * DAY,
			.lifetime = 90 * DAY,
		};
		if (slack.used < 0)
			continue;
		snprintf(name, sizeof(name), "host%d.example", i);
		fail_renewal(name, CAUSES[(i * 7 + day * 3) % CODES],
			alert_level_of(&slack));
	}
}

static void note_message(struct year *year, size_t *today)
{
	struct telling_message message;

	while (telling_next(telling, "www", now, &message)) {
		size_t causes = json_array_size(message.causes);
		year->news += message.kind == TELLING_NEWS ? causes : 0;
		year->lasting += message.kind == TELLING_LASTING;
		year->others += message.kind == TELLING_WELL;
		*today += message.kind == TELLING_LASTING;
		telling_message_clear(&message);
	}
}

START_TEST(a_year_of_a_thousand_that_fail_is_a_message_a_day)
{
	struct year year = {0};

	for (int day = 0; day < 365; day++) {
		size_t today = 0;
		fail_all(day);
		if (day % 30 == 7)
			restart();
		for (int minute = 0; minute < 1440; minute += 10, now += 600)
			note_message(&year, &today);
		if (today > year.most_a_day)
			year.most_a_day = today;
	}
	ck_assert_uint_eq(year.most_a_day, 1);
	ck_assert_uint_gt(year.lasting, 300);
	ck_assert_uint_le(year.lasting, 365);
	ck_assert_uint_le(year.news, CODES * 4);
	ck_assert_uint_eq(year.others, 0);
}
END_TEST

START_TEST(a_healthy_year_says_nothing)
{
	struct year year = {0};
	size_t today = 0;
	char name[32];

	for (int day = 0; day < 365; day++) {
		for (int i = day % 60; i < MANY; i += 60) {
			snprintf(name, sizeof(name), "host%d.example", i);
			if (i % 7 == 0)
				fail_renewal(name, "N8", ALERT_NOTICE);
			note_message(&year, &today);
			clear(name);
		}
		now += DAY;
	}
	ck_assert_uint_eq(year.news + year.lasting + year.others, 0);
}
END_TEST

static Suite *make_suite(void)
{
	Suite *suite = suite_create("telling");
	TCase *rules = tcase_create("rules");

	tcase_add_checked_fixture(rules, set_up, tear_down);
	tcase_set_timeout(rules, 60);
	tcase_add_test(rules, a_new_cause_is_told_at_once);
	tcase_add_test(rules, a_notice_is_told_to_nobody);
	tcase_add_test(rules, what_fails_together_comes_in_one_message);
	tcase_add_test(rules,
		another_certificate_with_a_known_cause_waits_for_the_daily_one);
	tcase_add_test(rules, a_risen_level_is_told_at_once);
	tcase_add_test(rules, another_cause_is_told_at_once);
	tcase_add_test(rules, what_lasts_is_told_once_a_day_in_one_message);
	tcase_add_test(rules, the_end_is_told_once);
	tcase_add_test(rules, what_ends_before_it_is_told_is_not_told);
	tcase_add_test(rules, what_comes_and_goes_does_not_chatter);
	tcase_add_test(
		rules, worse_than_it_was_is_told_though_it_has_just_ended);
	tcase_add_test(rules, a_level_that_fell_long_ago_may_rise_again);
	tcase_add_test(rules, without_a_code_the_source_is_the_cause);
	tcase_add_test(rules, a_state_cannot_bring_a_code_that_cannot_be_shown);
	tcase_add_test(rules, a_restart_tells_nothing_again);
	tcase_add_test(rules, what_ended_while_it_was_stopped_is_told);
	tcase_add_test(rules, what_nobody_looks_at_any_more_ends);
	tcase_add_test(rules, certificates_that_are_gone_are_swept_out);
	tcase_add_test(rules, what_is_gone_is_not_said_to_be_well);
	tcase_add_test(rules, what_is_told_once_is_over_then);
	tcase_add_test(rules, what_is_told_once_is_told_after_a_restart);
	tcase_add_test(
		rules, more_of_what_is_told_once_comes_with_the_daily_message);
	tcase_add_test(rules, the_state_of_many_fits_into_a_file);
	tcase_add_test(
		rules, a_year_of_a_thousand_that_fail_is_a_message_a_day);
	tcase_add_test(rules, a_healthy_year_says_nothing);
	tcase_add_test(rules, another_channel_that_fails_is_news_within_a_day);
	tcase_add_test(rules, which_channels_have_failed_lasts_over_a_restart);
	suite_add_tcase(suite, rules);
	return suite;
}

int main(void)
{
	return suite_run(make_suite());
}
