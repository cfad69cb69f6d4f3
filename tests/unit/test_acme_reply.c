/* SPDX-License-Identifier: MIT */
#include "acme_reply.h"

#include "suite.h"
#include "text.h"

#include <check.h>

#define NOW 1795239852 /* 2026-11-21 05:44:12 UTC */
#define WEEK (7 * 86400.0)

static struct acme_reply reply;
static struct http_header headers[8];
static struct http_reply source;

static void set_up(void)
{
	source = (struct http_reply){
		.status = 200, .body = "", .headers = headers};
}

static void tear_down(void)
{
	acme_reply_clear(&reply);
}

static void add(const char *name, const char *value)
{
	headers[source.header_count++] = (struct http_header){name, value};
}

static void read_all(void)
{
	acme_reply_read(&reply, &source, NOW);
}

static const struct {
	const char *value;
	double seconds;
} RETRY_AFTER[] = {
	{"120", 120},
	{"1", 1},
	{"0", 1},
	{"-1", 0},
	{"1-2", 0},
	{"604800", WEEK},
	{"604801", WEEK},
	{"1000000000000000000", WEEK},
	{"99999999999999999999999999999999999999999999", WEEK},
	{"Sat, 21 Nov 2026 05:45:12 GMT", 60},
	{"Saturday, 21-Nov-26 05:45:12 GMT", 60},
	{"Sat Nov 21 05:45:12 2026", 60},
	{"Sat, 21 Nov 2026 05:43:12 GMT", 1},
	{"Fri, 31 Dec 9999 23:59:59 GMT", WEEK},
	{"Thu, 01 Jan 1970 00:00:00 GMT", 1},
	{"1e18", 0},
	{"soon", 0},
	{"", 0},
	{"12 seconds", 0},
	{"0x10", 0},
};

START_TEST(retry_after_is_seconds_or_a_date_within_bounds)
{
	add("retry-after", RETRY_AFTER[_i].value);
	read_all();
	ck_assert_msg(reply.reply.retry_after == RETRY_AFTER[_i].seconds,
		"%s: %g", RETRY_AFTER[_i].value, reply.reply.retry_after);
}
END_TEST

START_TEST(a_date_is_measured_by_the_clock_of_the_server)
{
	add("retry-after", "Thu, 01 Jan 2015 00:01:00 GMT");
	add("date", "Thu, 01 Jan 2015 00:00:00 GMT");
	read_all();
	ck_assert(reply.reply.retry_after == 60);
}
END_TEST

#define LIMITED \
	"{\"type\":\"urn:ietf:params:acme:error:rateLimited\",\"detail\":" \
	"\"too many, retry after "

static const struct {
	long status;
	const char *body;
	const char *header;
	double seconds;
} WORDS[] = {
	{429, LIMITED "2026-11-21 05:54:12 UTC: see there\"}", NULL, 600},
	{429, LIMITED "2026-11-21 05:54:12 UTC\"}", "garbage", 600},
	{429, LIMITED "2026-11-21 05:54:12 UTC\"}", "120", 120},
	{429, LIMITED "2036-11-21 05:54:12 UTC\"}", NULL, WEEK},
	{429, LIMITED "2026-11-21 05:44:11 UTC\"}", NULL, 1},
	{429, LIMITED "2026-11-20 05:44:12 UTC\"}", NULL, 0},
	{429, LIMITED "2026-11-31 05:44:12 UTC\"}", NULL, 0},
	{429, LIMITED "Saturday\"}", NULL, 0},
	{400,
		"{\"type\":\"urn:ietf:params:acme:error:malformed\",\"detail\":"
		"\"retry after 2026-11-21 05:54:12 UTC\"}",
		NULL, 0},
	{429, "retry after 2026-11-21 05:54:12 UTC", NULL, 0},
	{200, LIMITED "2026-11-21 05:54:12 UTC\"}", NULL, 0},
};

START_TEST(a_limit_without_the_header_names_its_time_in_words)
{
	source.status = WORDS[_i].status;
	source.body = WORDS[_i].body;
	source.length = strlen(source.body);
	if (WORDS[_i].header)
		add("retry-after", WORDS[_i].header);
	read_all();
	ck_assert_msg(reply.reply.retry_after == WORDS[_i].seconds, "%d: %g",
		_i, reply.reply.retry_after);
}
END_TEST

START_TEST(the_media_type_stands_before_the_semicolon)
{
	static const char *const VALUES[] = {"application/problem+json",
		"Application/Problem+JSON; charset=utf-8",
		"application/problem+json;charset=utf-8",
		"application/problem+json ; x"};

	add("content-type", VALUES[_i]);
	read_all();
	ck_assert_str_eq(reply.reply.content_type, "application/problem+json");
}
END_TEST

START_TEST(what_is_missing_is_empty)
{
	read_all();
	ck_assert_str_eq(reply.reply.content_type, "");
	ck_assert_ptr_null(reply.reply.location);
	ck_assert_ptr_null(reply.reply.terms);
	ck_assert_ptr_null(reply.reply.help);
	ck_assert(reply.reply.retry_after == 0);
	ck_assert_uint_eq(reply.reply.alternate_count, 0);
}
END_TEST

START_TEST(a_location_must_be_https)
{
	static const char *const BAD[] = {"/order/1", "http://ca.example/1",
		"//ca.example/1", "", "https://", "javascript:1"};

	add("location", BAD[_i]);
	read_all();
	ck_assert_ptr_null(reply.reply.location);
}
END_TEST

START_TEST(a_good_location_is_kept_as_it_is)
{
	add("location", "https://ca.example/Order/%7e1?x=Y");
	read_all();
	ck_assert_str_eq(
		reply.reply.location, "https://ca.example/Order/%7e1?x=Y");
}
END_TEST

static const char *const LINKS[][3] = {
	{"<https://a.example/1>;rel=\"alternate\"",
		"<https://a.example/2>;rel=\"alternate\"",
		"<https://a.example/dir>;rel=\"index\""},
	{"<https://a.example/dir>;rel=\"index\",<https://a.example/1>;"
	 "rel=\"alternate\",<https://a.example/2>;rel=\"alternate\""},
	{"<https://a.example/1>; title=\"a, b; c\\\"\" ; REL=Alternate , "
	 "<https://a.example/2> ; rel=\"up alternate\"; rel=index"},
	{"<https://a.example/1>;rel=alternate,, ,"
	 "<https://a.example/2>;rel=alternate;type=text/x"},
};

START_TEST(links_come_in_lines_and_in_lists)
{
	for (size_t i = 0; i < 3 && LINKS[_i][i]; i++)
		add("link", LINKS[_i][i]);
	read_all();
	ck_assert_uint_eq(reply.reply.alternate_count, 2);
	ck_assert_str_eq(reply.reply.alternates[0], "https://a.example/1");
	ck_assert_str_eq(reply.reply.alternates[1], "https://a.example/2");
}
END_TEST

START_TEST(broken_links_do_no_harm)
{
	static const char *const BROKEN[] = {"<", "<>", "<https://a.example/1",
		"https://a.example/1;rel=alternate", "<>;rel=alternate",
		"<https://a.example/1>", "<https://a.example/1>;rel",
		"<https://a.example/1>;rel=", "<https://a.example/1>;rel=\"",
		"<https://a.example/1>;rel=\"alternate2\"",
		"<http://a.example/1>;rel=alternate",
		"<https://a.example/ 1>;rel=alternate",
		"<https://a.example/1>;", "<https://a.example/1>;=;;;;",
		",,,,"};

	add("link", BROKEN[_i]);
	read_all();
	ck_assert_uint_eq(reply.reply.alternate_count, 0);
}
END_TEST

START_TEST(alternates_are_limited)
{
	struct text text = {0};

	for (int i = 0; i < 100; i++)
		text_addf(&text, "<https://a.example/%d>;rel=alternate,", i);
	add("link", text.data);
	read_all();
	ck_assert_uint_eq(reply.reply.alternate_count, REPLY_ALTERNATES);
	text_clear(&text);
}
END_TEST

START_TEST(terms_and_help_are_read_from_their_links)
{
	add("link", "<https://a.example/tos>;rel=\"terms-of-service\"");
	add("link", "<https://b.example/tos>;rel=\"terms-of-service\"");
	add("link", "<https://a.example/limits>; rel=\"help\"");
	read_all();
	ck_assert_str_eq(reply.reply.terms, "https://a.example/tos");
	ck_assert_str_eq(reply.reply.help, "https://a.example/limits");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("acme_reply");
	TCase *tests = tcase_create("acme_reply");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests,
		retry_after_is_seconds_or_a_date_within_bounds, 0,
		sizeof(RETRY_AFTER) / sizeof(*RETRY_AFTER));
	tcase_add_test(tests, a_date_is_measured_by_the_clock_of_the_server);
	tcase_add_loop_test(tests,
		a_limit_without_the_header_names_its_time_in_words, 0,
		sizeof(WORDS) / sizeof(*WORDS));
	tcase_add_loop_test(
		tests, the_media_type_stands_before_the_semicolon, 0, 4);
	tcase_add_test(tests, what_is_missing_is_empty);
	tcase_add_loop_test(tests, a_location_must_be_https, 0, 6);
	tcase_add_test(tests, a_good_location_is_kept_as_it_is);
	tcase_add_loop_test(tests, links_come_in_lines_and_in_lists, 0, 4);
	tcase_add_loop_test(tests, broken_links_do_no_harm, 0, 15);
	tcase_add_test(tests, alternates_are_limited);
	tcase_add_test(tests, terms_and_help_are_read_from_their_links);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
