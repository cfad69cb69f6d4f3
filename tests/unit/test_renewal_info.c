/* SPDX-License-Identifier: MIT */
#include "renewal_info.h"

#include "canned.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>
#undef fail

#define ID "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE" /* RFC 9773 appendix A */
#define NOW ((int64_t)1790000000) /* 2026-09-21T14:13:20Z */
#define HOUR ((int64_t)3600)
#define DAY (24 * HOUR)
#define WINDOW \
	"{\"suggestedWindow\":{\"start\":\"2026-10-01T00:00:00Z\"," \
	"\"end\":\"2026-10-02T00:00:00Z\"}}"
#define START ((int64_t)1790812800)

static struct renewal_info info;

static void begin(void)
{
	info = (struct renewal_info){0};
	renewal_info_bind(&info, ID);
}

static bool reads_after(
	const char *body, double retry_after, double random, struct error *err)
{
	struct reply reply = canned(200, body);

	reply.retry_after = retry_after;
	return renewal_info_read(&info, &reply, random, NOW, err);
}

static void reads(const char *body, double random)
{
	struct error err = {0};

	ck_assert_msg(reads_after(body, 0, random, &err), "%s", err.text);
}

START_TEST(the_url_has_one_slash_before_the_identifier)
{
	cleanup(string) char *bare =
		renewal_info_url("https://acme.example.com/renewal-info", ID);
	cleanup(string) char *slashed =
		renewal_info_url("https://acme.example.com/renewal-info/", ID);

	ck_assert_str_eq(bare,
		"https://acme.example.com/renewal-info/"
		"aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE");
	ck_assert_str_eq(slashed, bare);
}
END_TEST

START_TEST(the_time_is_drawn_from_the_window)
{
	reads(WINDOW, 0.5);
	ck_assert_int_eq(info.start, START);
	ck_assert_int_eq(info.end, START + DAY);
	ck_assert_int_eq(info.selected, START + DAY / 2);
}
END_TEST

START_TEST(the_same_window_is_not_drawn_from_again)
{
	reads(WINDOW, 0.25);
	reads(WINDOW, 0.75);
	ck_assert_int_eq(info.selected, START + DAY / 4);
}
END_TEST

START_TEST(another_window_is_drawn_from)
{
	reads(WINDOW, 0.25);
	reads("{\"suggestedWindow\":{\"start\":\"2026-10-01T00:00:00.5Z\","
	      "\"end\":\"2026-10-03T02:00:00+02:00\"}}",
		0.75);
	ck_assert_int_eq(info.selected, START + 2 * DAY * 3 / 4);
	reads("{\"suggestedWindow\":{\"start\":\"2026-10-01T00:00:00Z\","
	      "\"end\":\"2026-10-05T00:00:00Z\"}}",
		0.25);
	ck_assert_int_eq(info.selected, START + DAY);
}
END_TEST

static const char *const NONSENSE[] = {
	"",
	"[]",
	"{}",
	"<html>",
	"{\"suggestedWindow\":[]}",
	"{\"suggestedWindow\":{\"start\":\"2026-10-01T00:00:00Z\"}}",
	"{\"suggestedWindow\":{\"start\":1,\"end\":2}}",
	"{\"suggestedWindow\":{\"start\":\"now\",\"end\":\"later\"}}",
	/* It ends as it begins, or before. */
	"{\"suggestedWindow\":{\"start\":\"2026-10-01T00:00:00Z\","
	"\"end\":\"2026-10-01T00:00:00Z\"}}",
	"{\"suggestedWindow\":{\"start\":\"2026-10-02T00:00:00Z\","
	"\"end\":\"2026-10-01T00:00:00Z\"}}",
	"{\"suggestedWindow\":{\"start\":\"0001-01-01T00:00:00Z\","
	"\"end\":\"9999-12-31T00:00:00Z\"}}",
};

START_TEST(an_insane_window_leaves_the_one_before)
{
	struct error err = {0};

	reads(WINDOW, 0.5);
	ck_assert(!reads_after(NONSENSE[_i], 0, 0.9, &err));
	ck_assert_int_ne(err.kind, ERROR_NONE);
	ck_assert_int_eq(info.selected, START + DAY / 2);
}
END_TEST

/* RFC 9773 section 4.3.2: neither a loop nor for ever. */
static const struct {
	double retry_after;
	int64_t wait;
} WAITS[] = {
	{1, 60}, {59, 60}, {61, 61}, {21600, 21600}, {86400, 86400},
	{7 * 86400, 86400}, {0, 6 * 3600}, /* none */
};

START_TEST(a_retry_after_is_kept_within_a_minute_and_a_day)
{
	struct error err = {0};

	ck_assert(reads_after(WINDOW, WAITS[_i].retry_after, 0, &err));
	ck_assert_int_eq(info.next, NOW + WAITS[_i].wait);
	ck_assert(reads_after(WINDOW, WAITS[_i].retry_after, 0.999, &err));
	ck_assert_int_ge(info.next, NOW + WAITS[_i].wait);
	ck_assert_int_le(info.next, NOW + WAITS[_i].wait * 21 / 20);
}
END_TEST

START_TEST(a_passing_fault_is_asked_again_soon_and_then_in_six_hours)
{
	const struct error err = {.kind = ERROR_TRANSIENT};
	int64_t wait = 60;

	for (int i = 0; i < 6; i++, wait *= 2) {
		renewal_info_miss(&info, &err, 0, NOW);
		ck_assert_int_eq(info.next, NOW + wait);
	}
	for (int i = 0; i < 100; i++) {
		renewal_info_miss(&info, &err, 0, NOW);
		ck_assert_int_eq(info.next, NOW + 6 * HOUR);
	}
	reads(WINDOW, 0);
	renewal_info_miss(&info, &err, 0, NOW);
	ck_assert_int_eq(info.next, NOW + 60);
}
END_TEST

START_TEST(an_object_without_a_sane_window_is_a_lasting_fault)
{
	static const char INVERTED[] =
		"{\"suggestedWindow\":{\"start\":\"2027-01-02T00:00:00Z\","
		"\"end\":\"2027-01-01T00:00:00Z\"}}";
	static const char *const BODIES[] = {"{}", "[]", "<html>", INVERTED};

	for (size_t i = 0; i < sizeof(BODIES) / sizeof(*BODIES); i++) {
		struct error err = {0};
		ck_assert(!reads_after(BODIES[i], 0, 0, &err));
		renewal_info_miss(&info, &err, 0, NOW);
		ck_assert_int_eq(info.next, NOW + 6 * HOUR);
	}
}
END_TEST

START_TEST(a_server_that_is_away_is_a_passing_fault)
{
	const struct reply away = {
		.status = 503, .content_type = "", .body = "", .length = 0};
	struct error err = {0};

	ck_assert(!renewal_info_read(&info, &away, 0, NOW, &err));
	renewal_info_miss(&info, &err, 0, NOW);
	ck_assert_int_lt(info.next, NOW + HOUR);
}
END_TEST

START_TEST(a_lasting_fault_is_asked_again_in_six_hours)
{
	const struct error unknown = {.kind = ERROR_TRANSIENT, .code = "N3"};
	const struct error refused = {.kind = ERROR_REFUSED};
	const struct error closed = {.kind = ERROR_TRANSIENT, .code = "N2"};
	const struct error limited = {
		.kind = ERROR_LIMITED, .retry_after = 7200};

	renewal_info_miss(&info, &refused, 0, NOW);
	ck_assert_int_eq(info.next, NOW + 6 * HOUR);
	renewal_info_miss(&info, &unknown, 0, NOW);
	ck_assert_int_eq(info.next, NOW + 6 * HOUR);
	renewal_info_miss(&info, &closed, 0, NOW);
	ck_assert_int_eq(info.next, NOW + 6 * HOUR);
	renewal_info_miss(&info, &limited, 0, NOW);
	ck_assert_int_eq(info.next, NOW + 2 * HOUR);
}
END_TEST

/* RFC 9773 section 4.3.3. */
static const struct {
	long status;
	const char *content_type;
	const char *body;
	double retry_after;
	int64_t wait;
} REFUSALS[] = {
	{500, "text/html", "<html>", 0, 60},
	{502, "text/html", "<html>", 7200, 7200},
	{503, "application/problem+json", "{\"type\":\"" ACME "rateLimited\"}",
		300, 300},
	{400, "application/problem+json",
		"{\"type\":\"" ACME "serverInternal\"}", 0, 6 * HOUR},
	{404, "text/html", "<html>", 0, 6 * HOUR},
	{408, "text/plain", "", 0, 6 * HOUR},
	{429, "application/problem+json", "{\"type\":\"" ACME "rateLimited\"}",
		0, 6 * HOUR},
	{429, "application/problem+json", "{\"type\":\"" ACME "rateLimited\"}",
		120, 120},
	{200, "text/html", "<html>", 120, 6 * HOUR},
};

START_TEST(only_a_server_that_is_away_is_asked_again_soon)
{
	struct reply reply = canned(REFUSALS[_i].status, REFUSALS[_i].body);
	struct error err = {0};

	reply.content_type = REFUSALS[_i].content_type;
	reply.retry_after = REFUSALS[_i].retry_after;
	ck_assert(!renewal_info_read(&info, &reply, 0, NOW, &err));
	renewal_info_miss(&info, &err, 0, NOW);
	ck_assert_int_eq(info.next, NOW + REFUSALS[_i].wait);
}
END_TEST

START_TEST(an_expired_certificate_is_never_asked_about)
{
	ck_assert_int_eq(renewal_info_due(&info, NOW + DAY, NOW), 0);
	reads(WINDOW, 0);
	ck_assert_int_eq(
		renewal_info_due(&info, NOW + DAY, NOW), NOW + 6 * HOUR);
	ck_assert_int_eq(renewal_info_due(&info, NOW + HOUR, NOW), INT64_MAX);
	renewal_info_bind(&info, "");
	ck_assert_int_eq(renewal_info_due(&info, NOW + DAY, NOW), INT64_MAX);
}
END_TEST

START_TEST(what_a_clock_that_was_ahead_has_put_off_is_asked_at_once)
{
	struct error err = {0};

	reads(WINDOW, 0);
	info.next = NOW + 20 * DAY;
	ck_assert_int_eq(renewal_info_due(&info, NOW + 60 * DAY, NOW), NOW);
	ck_assert_int_eq(renewal_info_due(&info, NOW + 10 * DAY, NOW), NOW);
	ck_assert_int_eq(renewal_info_due(&info, NOW - DAY, NOW), INT64_MAX);
	ck_assert(reads_after(WINDOW, 30 * DAY, 0.999, &err));
	ck_assert_int_gt(info.next, NOW + DAY + HOUR);
	ck_assert_int_eq(
		renewal_info_due(&info, NOW + 60 * DAY, NOW), info.next);
}
END_TEST

/* cert-manager#8993: five certificates in ten seconds. */
START_TEST(a_window_never_counts_for_another_certificate)
{
	reads(WINDOW, 0.5);
	ck_assert_int_eq(renewal_info_time(&info, "another.id",
				 START + 20 * DAY, START + 50 * DAY, 30 * DAY),
		START + 20 * DAY);
	renewal_info_bind(&info, "another.id");
	ck_assert_int_eq(info.selected, 0);
	ck_assert_int_eq(info.next, 0);
	ck_assert_int_eq(renewal_info_time(&info, "another.id",
				 START + 20 * DAY, START + 50 * DAY, 30 * DAY),
		START + 20 * DAY);
}
END_TEST

START_TEST(the_same_certificate_keeps_its_window)
{
	reads(WINDOW, 0.5);
	renewal_info_bind(&info, ID);
	ck_assert_int_eq(info.selected, START + DAY / 2);
}
END_TEST

START_TEST(it_moves_the_renewal_earlier_without_limit)
{
	reads("{\"suggestedWindow\":{\"start\":\"2020-01-01T00:00:00Z\","
	      "\"end\":\"2020-01-02T00:00:00Z\"}}",
		0);
	ck_assert_int_eq(renewal_info_time(&info, ID, NOW + 60 * DAY,
				 NOW + 90 * DAY, 30 * DAY),
		1577836800);
}
END_TEST

START_TEST(it_moves_the_renewal_later_to_half_of_the_slack)
{
	int64_t end = START + 10 * DAY;

	info.confirmed = NOW;
	reads(WINDOW, 0);
	info.confirmed = START - 10 * DAY;
	ck_assert_int_eq(
		renewal_info_time(&info, ID, START - 9 * DAY, end, 19 * DAY),
		START);
	end = START + 5 * DAY;
	ck_assert_int_eq(
		renewal_info_time(&info, ID, START - 9 * DAY, end, 14 * DAY),
		end - 7 * DAY);
}
END_TEST

/* How Let's Encrypt computes its windows: a third before the end, half of
 * those that live under ten days, one part in a hundred to both sides. */
static const int64_t LIVES[] = {
	90 * DAY, 64 * DAY, 45 * DAY, 160 * HOUR, 7 * DAY};

START_TEST(a_window_of_lets_encrypt_is_never_missed)
{
	const struct renewal_policy policy = {0};
	int64_t life = LIVES[_i];
	int64_t end = NOW + life - 1;
	int64_t ideal = end - life / (life < 10 * DAY ? 2 : 3);
	int64_t slack = renewal_slack(&policy, NOW, end);

	renewal_info_bind(&info, ID);
	info.start = ideal - life / 100;
	info.end = ideal + life / 100;
	info.confirmed = ideal - 12 * HOUR;
	for (int i = 0; i < 100; i++) {
		int64_t planned = renewal_time(&policy, NOW, end, i / 100.0);
		info.selected = info.start + life / 5000 * i;
		int64_t when =
			renewal_info_time(&info, ID, planned, end, slack);
		ck_assert_int_ge(when, info.start);
		ck_assert_int_lt(when, info.end);
	}
}
END_TEST

START_TEST(a_ca_that_is_busy_is_asked_again_soon)
{
	struct reply reply = canned(503, "{}");
	struct error err;

	ck_assert(!renewal_info_read(&info, &reply, 0, NOW, &err));
	renewal_info_miss(&info, &err, 0, NOW);
	ck_assert_int_eq(info.next, NOW + 60);
	reply = canned(200, "{}");
	ck_assert(!renewal_info_read(&info, &reply, 0, NOW, &err));
	renewal_info_miss(&info, &err, 0, NOW);
	ck_assert_int_eq(info.next, NOW + 6 * HOUR);
}
END_TEST

START_TEST(a_stale_window_does_not_move_it_later)
{
	reads(WINDOW, 0);
	info.confirmed = START - 12 * DAY;
	info.failures = 1;
	ck_assert_int_eq(renewal_info_time(&info, ID, START - 9 * DAY,
				 START + 10 * DAY, 19 * DAY),
		START - 9 * DAY);
}
END_TEST

static const struct {
	const char *url;
	const char *shown;
} EXPLANATIONS[] = {
	{"https://ca.example/incident/7", "https://ca.example/incident/7"},
	{"http://ca.example/", "http://ca.example/"},
	{"javascript:alert(1)", ""},
	{"https://ca.example/a b", ""},
	{"https://ca.example/\\u001b[31m", ""},
	{"", ""},
};

START_TEST(an_explanation_is_shown_only_when_it_is_a_link)
{
	char body[512];
	struct error err = {0};

	snprintf(body, sizeof(body),
		"{\"suggestedWindow\":{\"start\":\"2026-10-01T00:00:00Z\","
		"\"end\":\"2026-10-02T00:00:00Z\"},\"explanationURL\":\"%s\"}",
		EXPLANATIONS[_i].url);
	ck_assert(reads_after(body, 0, 0, &err));
	ck_assert_str_eq(info.explanation, EXPLANATIONS[_i].shown);
}
END_TEST

START_TEST(it_survives_a_restart)
{
	struct renewal_info read = {0};
	const struct error err = {.kind = ERROR_TRANSIENT};

	reads(WINDOW, 0.5);
	renewal_info_miss(&info, &err, 0, NOW);
	cleanup(json) json_t *object = renewal_info_to_json(&info);
	renewal_info_from_json(&read, object);
	ck_assert_mem_eq(&read, &info, sizeof(read));
}
END_TEST

START_TEST(a_damaged_state_is_as_good_as_none)
{
	struct renewal_info read = {.selected = 1};
	cleanup(json) json_t *object =
		json_pack("{s:s, s:s, s:s, s:s, s:i}", "id", ID, "start",
			"2026-10-01T00:00:00Z", "end", "2026-10-02T00:00:00Z",
			"selected", "2026-11-02T00:00:00Z", "failures", -4);

	renewal_info_from_json(&read, NULL);
	ck_assert_int_eq(read.selected, 0);
	renewal_info_from_json(&read, object);
	ck_assert_int_eq(read.selected, 0);
	ck_assert_int_eq(read.failures, 0);
	ck_assert_str_eq(read.id, ID);
	json_object_set_new(
		object, "selected", json_string("2026-09-30T00:00:00Z"));
	json_object_set_new(object, "failures", json_integer(INT64_MAX));
	renewal_info_from_json(&read, object);
	ck_assert_int_eq(read.selected, 0);
	ck_assert_uint_gt(read.failures, 0);
	ck_assert_uint_lt(read.failures, 1000000);
}
END_TEST

START_TEST(odd_strings_of_a_state_lose_nothing_else)
{
	struct renewal_info read = {0};
	json_t *object = json_pack("{s:s, s:s, s:i}", "id", "a\xc3\xa4",
		"explanation", "https://ca.example/\x7f", "failures", 2);

	renewal_info_from_json(&read, object);
	ck_assert_str_eq(read.id, "");
	ck_assert_str_eq(read.explanation, "https://ca.example/?");
	ck_assert_uint_eq(read.failures, 2);
	json_decref(object);
}
END_TEST

START_TEST(only_the_same_ca_and_account_are_told_what_is_replaced)
{
	const struct renewal_origin one = {
		"https://ca.example/dir", "https://ca.example/a/1"};
	const struct renewal_origin other_account = {
		"https://ca.example/dir", "https://ca.example/a/2"};
	const struct renewal_origin other_ca = {
		"https://other.example/dir", "https://ca.example/a/1"};
	const struct renewal_origin unknown = {NULL, NULL};
	const struct renewal_origin empty = {"", ""};

	ck_assert(renewal_info_may_replace(ID, &one, &one, true));
	ck_assert(!renewal_info_may_replace(ID, &one, &one, false));
	ck_assert(!renewal_info_may_replace("", &one, &one, true));
	ck_assert(!renewal_info_may_replace(ID, &one, &other_account, true));
	ck_assert(!renewal_info_may_replace(ID, &one, &other_ca, true));
	ck_assert(!renewal_info_may_replace(ID, &unknown, &one, true));
	ck_assert(!renewal_info_may_replace(ID, &one, &unknown, true));
	ck_assert(!renewal_info_may_replace(ID, &empty, &empty, true));
	ck_assert(!renewal_info_may_replace(ID, &unknown, &unknown, true));
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof(*(array))))

int main(void)
{
	Suite *suite = suite_create("renewal_info");
	TCase *tests = tcase_create("renewal_info");

	tcase_add_checked_fixture(tests, begin, NULL);
	tcase_add_test(tests, the_url_has_one_slash_before_the_identifier);
	tcase_add_test(tests, the_time_is_drawn_from_the_window);
	tcase_add_test(tests, the_same_window_is_not_drawn_from_again);
	tcase_add_test(tests, another_window_is_drawn_from);
	tcase_add_loop_test(tests, an_insane_window_leaves_the_one_before, 0,
		COUNT(NONSENSE));
	tcase_add_loop_test(tests,
		a_retry_after_is_kept_within_a_minute_and_a_day, 0,
		COUNT(WAITS));
	tcase_add_test(tests,
		a_passing_fault_is_asked_again_soon_and_then_in_six_hours);
	tcase_add_test(
		tests, an_object_without_a_sane_window_is_a_lasting_fault);
	tcase_add_test(tests, a_server_that_is_away_is_a_passing_fault);
	tcase_add_test(tests, a_lasting_fault_is_asked_again_in_six_hours);
	tcase_add_loop_test(tests,
		only_a_server_that_is_away_is_asked_again_soon, 0,
		sizeof(REFUSALS) / sizeof(*REFUSALS));
	tcase_add_test(tests, an_expired_certificate_is_never_asked_about);
	tcase_add_test(tests,
		what_a_clock_that_was_ahead_has_put_off_is_asked_at_once);
	tcase_add_test(tests, a_window_never_counts_for_another_certificate);
	tcase_add_test(tests, the_same_certificate_keeps_its_window);
	tcase_add_test(tests, it_moves_the_renewal_earlier_without_limit);
	tcase_add_test(tests, it_moves_the_renewal_later_to_half_of_the_slack);
	tcase_add_loop_test(tests, a_window_of_lets_encrypt_is_never_missed, 0,
		COUNT(LIVES));
	tcase_add_test(tests, a_ca_that_is_busy_is_asked_again_soon);
	tcase_add_test(tests, a_stale_window_does_not_move_it_later);
	tcase_add_loop_test(tests,
		an_explanation_is_shown_only_when_it_is_a_link, 0,
		COUNT(EXPLANATIONS));
	tcase_add_test(tests, it_survives_a_restart);
	tcase_add_test(tests, a_damaged_state_is_as_good_as_none);
	tcase_add_test(tests, odd_strings_of_a_state_lose_nothing_else);
	tcase_add_test(
		tests, only_the_same_ca_and_account_are_told_what_is_replaced);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
