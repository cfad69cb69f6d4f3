/* SPDX-License-Identifier: MIT */
#include "web_verdict.h"

#include "suite.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define ANSWER "token.thumbprint"
#define FOREIGN \
	"dG9rZW4tb2Ytc29tZWJvZHktZWxzZQ." \
	"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"

static const struct dns_address ADDRESS = {AF_INET, "192.0.2.1"};

static struct error err;

/* A reply of port 80 at an address of ours. */
static struct web_fetch_result reply_of(long status, const char *body)
{
	struct web_fetch_result result = {
		.end = WEB_FETCH_REPLIED,
		.url = "http://shop.test/.well-known/acme-challenge/token",
		.status = status,
		.length = strlen(body),
	};

	snprintf(result.body, sizeof(result.body), "%s", body);
	return result;
}

static enum finding_verdict judge(const struct web_fetch_result *result)
{
	err = (struct error){0};
	return web_verdict(
		&(struct web_view){
			.address = &ADDRESS,
			.is_own = true,
			.holder = "nginx.service (uid 0)",
			.folder = "'/var/www'",
			.answer = ANSWER,
			.result = result,
		},
		&err);
}

START_TEST(the_answer_itself_is_good_with_white_space_behind_it_too)
{
	static const char *const BODIES[] = {
		ANSWER, ANSWER "\n", ANSWER " \r\n\t"};
	struct web_fetch_result result = reply_of(200, BODIES[_i]);

	ck_assert_int_eq(judge(&result), FINDING_GOOD);
	result.redirects = 2;
	ck_assert_int_eq(judge(&result), FINDING_GOOD);
}
END_TEST

static const struct {
	long status;
	const char *body;
	unsigned redirects;
	bool is_cdn;
	bool is_cached;
	const char *code;
	const char *text;
} REPLIES[] = {
	{404, "not found", 0, false, false, "H5",
		"answered with 404 for a file that is in '/var/www'"},
	{200, "<html>welcome", 0, false, false, "H5", "'<html>welcome'"},
	{404, "x", 1, false, false, "H4", "the end of redirects"},
	{200, "<html>", 1, false, false, "H4", "other content"},
	{403, "", 0, false, false, "H8", "403"},
	{401, "", 0, false, false, "H8", "401"},
	{403, "", 0, true, false, "H10", "403"},
	{503, "", 0, false, false, "H12", "503"},
	{502, "", 1, false, false, "H12", "502"},
	{200, FOREIGN, 0, false, false, "H9", "dG9rZW4"},
	{200, "old", 0, false, true, "H9", "'old'"},
	{200, " " ANSWER, 0, false, false, "H5", "other content"},
};

START_TEST(each_wrong_reply_has_its_cause)
{
	struct web_fetch_result result =
		reply_of(REPLIES[_i].status, REPLIES[_i].body);

	result.redirects = REPLIES[_i].redirects;
	result.is_cdn = REPLIES[_i].is_cdn;
	result.is_cached = REPLIES[_i].is_cached;
	ck_assert_int_eq(judge(&result), FINDING_BAD);
	ck_assert_str_eq(err.code, REPLIES[_i].code);
	ck_assert_msg(strstr(err.text, REPLIES[_i].text), "%s", err.text);
}
END_TEST

static const struct {
	enum web_fetch_end end;
	enum finding_verdict verdict;
	const char *code;
	const char *text;
} ENDS[] = {
	{WEB_FETCH_UNREACHED, FINDING_BAD, "H1", "Connection refused"},
	{WEB_FETCH_HOMELESS, FINDING_UNKNOWN, "", "cannot be looked at"},
	{WEB_FETCH_BROKEN, FINDING_BAD, "H12", "gave no answer"},
	{WEB_FETCH_ASTRAY, FINDING_BAD, "H6", "Connection refused"},
};

START_TEST(no_reply_has_its_cause_too)
{
	struct web_fetch_result result = {.end = ENDS[_i].end};

	fail_cause(&result.err, ERROR_VALIDATION, "H6", "Connection refused");
	ck_assert_int_eq(judge(&result), ENDS[_i].verdict);
	ck_assert_str_eq(err.code, ENDS[_i].code);
	ck_assert_msg(strstr(err.text, ENDS[_i].text), "%s", err.text);
}
END_TEST

START_TEST(without_an_answer_of_ours_nothing_is_proved)
{
	struct web_fetch_result result = reply_of(404, "");

	ck_assert_int_eq(web_verdict(
				 &(struct web_view){
					 .address = &ADDRESS,
					 .holder = "",
					 .result = &result,
				 },
				 &err),
		FINDING_UNKNOWN);
}
END_TEST

int main(void)
{
	TCase *cases = tcase_create("web_verdict");
	Suite *suite = suite_create("web_verdict");

	tcase_add_loop_test(cases,
		the_answer_itself_is_good_with_white_space_behind_it_too, 0, 3);
	tcase_add_loop_test(cases, each_wrong_reply_has_its_cause, 0,
		sizeof(REPLIES) / sizeof(*REPLIES));
	tcase_add_loop_test(cases, no_reply_has_its_cause_too, 0,
		sizeof(ENDS) / sizeof(*ENDS));
	tcase_add_test(cases, without_an_answer_of_ours_nothing_is_proved);
	suite_add_tcase(suite, cases);
	return suite_run(suite);
}
