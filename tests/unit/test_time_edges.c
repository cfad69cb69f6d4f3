/* SPDX-License-Identifier: MIT */
#include "backoff.h"
#include "duration.h"
#include "json.h"
#include "limit.h"
#include "mem.h"
#include "renewal_info.h"
#include "renewal_time.h"
#include "span.h"
#include "suite.h"
#include "telling.h"
#include "text.h"
#include "time_edges.h"
#include "timestamp.h"

#include <stdio.h>

START_TEST(sums_end_at_the_ends)
{
	each(a) each(b)
	{
		ck_assert_int_eq(span_after(*a, *b), cut((wide)*a + *b));
		ck_assert_int_eq(span_between(*a, *b), cut((wide)*b - *a));
	}
	each(a) ck_assert_int_eq(span_of((double)*a), cut((wide)(double)*a));
	ck_assert_int_eq(span_of(1e300), INT64_MAX);
	ck_assert_int_eq(span_of(-1e300), INT64_MIN);
}
END_TEST

/* A certificate and a policy of any dates. */
static void try_policy(const struct renewal_policy *policy, int64_t not_before,
	int64_t not_after)
{
	wide lifetime = (wide)not_after - not_before;
	int64_t slack = renewal_slack(policy, not_before, not_after);
	int64_t last = renewal_time(policy, not_before, not_after, 0);
	int64_t first = renewal_time(policy, not_before, not_after, 1);
	int64_t warn = renewal_warn_time(policy, not_before, not_after);

	holds(slack >= 0);
	holds(last == not_after - slack);
	holds(first <= last);
	holds(last <= warn);
	holds(warn <= not_after);
	if (lifetime > 0)
		holds(first >= not_before);
	else
		holds(slack == 0);
	holds(slack <= lifetime / 2 || slack == 0);
}

START_TEST(it_is_renewed_within_its_life_whatever_the_dates)
{
	each(before) each(not_before) each(not_after)
	{
		struct renewal_policy policy = {
			.renew_before = *before, .warn_before = *not_before};
		try_policy(&policy, *not_before, *not_after);
	}
	each(lifetime)
	{
		int64_t gap = renewal_minimum_gap(*lifetime);
		ck_assert_int_ge(gap, 0);
		ck_assert_int_le(gap, 12 * HOUR);
	}
}
END_TEST

START_TEST(no_window_lies_in_the_past)
{
	static const char *const TEXTS[] = {"02:00-05:00", "23:00-01:00",
		"Sat..Sun 02:00-24:00 UTC", "Mon 23:59-00:01 UTC"};

	for (size_t i = 0; i < sizeof(TEXTS) / sizeof(*TEXTS); i++) {
		struct renewal_window window;
		ck_assert(renewal_window_parse(TEXTS[i], &window));
		each(when)
		{
			int64_t next = renewal_window_next(&window, 1, *when);
			ck_assert_int_ge(next, *when);
			if (*when > YEAR_1 && *when < YEAR_10000)
				ck_assert_int_le(next, *when + 9 * DAY);
		}
	}
}
END_TEST

/* Seconds that a CA has named, and time that is left. */
static void try_backoff(enum backoff_class class, int64_t left, double asked)
{
	static const unsigned failures[] = {0, 1, 2, 7, 8, UINT32_MAX};

	for (size_t i = 0; i < 6; i++)
		for (size_t j = 0; j < 3; j++) {
			int64_t delay = backoff_delay(
				class, failures[i], left, asked, CHANCES[j]);
			holds(delay >= MINUTE);
			holds(delay <= 8 * DAY);
			if (asked > 0 && asked <= 7 * DAY)
				holds(delay >= (int64_t)asked);
		}
}

START_TEST(a_delay_is_between_a_minute_and_eight_days)
{
	for (int class = 0; class < BACKOFF_CLASSES; class ++)
		each(left) each(asked) try_backoff(
			(enum backoff_class) class, *left, (double)*asked);
}
END_TEST

START_TEST(every_span_is_shown_and_the_usual_ones_are_read)
{
	each(seconds)
	{
		char text[DURATION_SIZE];
		char digits[32];
		int64_t read = -2;
		duration_format(*seconds, text);
		ck_assert_uint_lt(strlen(text), DURATION_SIZE);
		ck_assert((*text == '-') == (*seconds < 0));
		snprintf(digits, sizeof(digits), "%lld", (long long)*seconds);
		bool is_usual = *seconds >= 0 && *seconds <= 36525 * DAY;
		ck_assert(duration_parse(digits, &read) == is_usual);
		ck_assert_int_eq(read, is_usual ? *seconds : -2);
		snprintf(digits, sizeof(digits), "%lldw", (long long)*seconds);
		is_usual = *seconds >= 0 && *seconds <= 36525 / 7;
		ck_assert(duration_parse(digits, &read) == is_usual);
	}
}
END_TEST

START_TEST(a_retry_after_is_the_time_that_is_left_till_it)
{
	static const struct {
		const char *text;
		int64_t when;
	} DATES[] = {{"Thu, 01 Jan 1970 00:00:00 GMT", 0},
		{"Tue, 19 Jan 2038 03:14:08 GMT", INT32_MAX + (int64_t)1},
		{"Mon, 01 Jan 0001 00:00:00 GMT", YEAR_1},
		{"Fri, 31 Dec 9999 23:59:59 GMT", YEAR_10000 - 1}};

	for (size_t i = 0; i < sizeof(DATES) / sizeof(*DATES); i++)
		each(now)
		{
			wide left = (wide)DATES[i].when - *now;
			int64_t seconds;
			ck_assert(duration_parse_retry_after(
				DATES[i].text, *now, &seconds));
			if (left > INT32_MAX)
				left = INT32_MAX;
			ck_assert_int_eq(seconds, left > 0 ? cut(left) : 0);
		}
}
END_TEST

START_TEST(what_is_written_of_a_time_is_read_again)
{
	each(when)
	{
		char text[TIMESTAMP_SIZE];
		int64_t read;
		int64_t there = *when < YEAR_1 ? YEAR_1 : *when;
		if (there >= YEAR_10000)
			there = YEAR_10000 - 1;
		timestamp_format(*when, text);
		ck_assert_msg(timestamp_parse(text, &read), "%s", text);
		ck_assert_int_eq(read, there);
	}
	ck_assert_int_lt(timestamp_days(INT32_MIN, 1, 1), -7e11);
	ck_assert_int_gt(timestamp_days(INT32_MAX, 12, 31), 7e11);
}
END_TEST

/* What a CA has suggested never goes beyond half of the slack. */
static void try_info(int64_t planned, int64_t not_after, int64_t selected)
{
	struct renewal_info info = {
		.id = "a.1",
		.selected = selected,
		.confirmed = not_after,
		.failures = 1,
	};

	each(slack)
	{
		int64_t when = renewal_info_time(
			&info, "a.1", planned, not_after, *slack);
		wide latest = (wide)not_after - *slack / 2;
		if (selected && selected <= planned)
			holds(when == selected);
		else
			holds(when == planned || when <= cut(latest));
	}
}

START_TEST(the_word_of_a_ca_moves_a_date_within_its_bounds)
{
	each(planned) each(not_after) each(selected)
		try_info(*planned, *not_after, *selected);
	each(now) each(asked)
	{
		struct renewal_info info = {.id = "a.1"};
		struct error err = {.retry_after = (double)*asked};
		renewal_info_miss(&info, &err, 0.5, *now);
		ck_assert_int_ge(info.next, span_after(*now, MINUTE));
		ck_assert_int_le(info.next, span_after(*now, 2 * DAY));
	}
}
END_TEST

START_TEST(limits_are_counted_at_all_times)
{
	struct limits limits = {.of[LIMIT_ORDERS] = {.burst = 2, .period = 60}};

	each(when) each(until) each(now)
	{
		struct limit_counts *counts = limit_counts_new();
		limit_spend(counts, &limits, LIMIT_ORDERS, "", *when);
		limit_spend(counts, &limits, LIMIT_ORDERS, "", *when);
		limit_correct(counts, &limits, LIMIT_ORDERS, "", *until);
		int64_t wait =
			limit_wait(counts, &limits, LIMIT_ORDERS, "", *now);
		int64_t left = limit_left(counts, &limits, LIMIT_ORDERS, *now);
		limit_counts_free(counts);
		holds(wait >= 0);
		holds(left >= 0 && left <= 2);
		if (*until <= *now || *until <= 0)
			continue;
		int64_t told = cut((wide)*until - *now);
		holds(wait == told || wait == 0);
		if (*when <= *now && told <= 8 * DAY)
			holds(wait == told);
	}
}
END_TEST

/* A trouble that lasts, of a cause that was told of at any time. */
static void try_telling(int64_t since, int64_t told, int64_t now)
{
	struct telling *telling = telling_new();
	struct telling_message message = {0};
	bool is_due = now < told || (wide)now - told >= DAY;
	char span[DURATION_SIZE];
	cleanup(json) json_t *state = json_pack(
		"{s:i, s:I, s:[{s:s, s:s, s:b, s:I, s:I}], "
		"s:[{s:s, s:s, s:s, s:s, s:s, s:I}]}",
		"schema", 1, "reminded", (json_int_t)told, "causes", "code",
		"H1", "known", "error", "open", true, "told", (json_int_t)told,
		"peak", (json_int_t)told, "troubles", "source", "renewal",
		"subject", "a.example", "code", "H1", "level", "error", "text",
		"x", "since", (json_int_t)since);

	telling_from_json(telling, state, now);
	holds(telling_next(telling, "www", now, &message) == is_due);
	duration_format(now > since ? cut((wide)now - since) : 0, span);
	cleanup(string) char *wanted = text_format("(since %s)\n", span);
	holds(!is_due || strstr(message.text, wanted));
	telling_message_clear(&message);
	telling_free(telling);
}

START_TEST(people_are_told_whatever_times_the_file_has)
{
	each(since) each(told) each(now) try_telling(*since, *told, *now);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("time_edges");
	TCase *tests = tcase_create("time_edges");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, sums_end_at_the_ends);
	tcase_add_test(tests, it_is_renewed_within_its_life_whatever_the_dates);
	tcase_add_test(tests, no_window_lies_in_the_past);
	tcase_add_test(tests, a_delay_is_between_a_minute_and_eight_days);
	tcase_add_test(tests, every_span_is_shown_and_the_usual_ones_are_read);
	tcase_add_test(tests, a_retry_after_is_the_time_that_is_left_till_it);
	tcase_add_test(tests, what_is_written_of_a_time_is_read_again);
	tcase_add_test(tests, the_word_of_a_ca_moves_a_date_within_its_bounds);
	tcase_add_test(tests, limits_are_counted_at_all_times);
	tcase_add_test(tests, people_are_told_whatever_times_the_file_has);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
