/* SPDX-License-Identifier: MIT */
#include "problem.h"

#include "canned.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>

static struct error error_of(long status, const char *body)
{
	struct reply reply = canned(status, body);
	struct error err = {0};
	problem_from_reply(&reply, &err);
	return err;
}

static const struct {
	const char *type;
	long status; /* 0: inside an object */
	enum error_kind kind;
	const char *code;
} TYPES[] = {
	{ACME "badNonce", 400, ERROR_TRANSIENT, "K8"},
	{ACME "serverInternal", 500, ERROR_TRANSIENT, "K2"},
	{ACME "serverInternal", 0, ERROR_TRANSIENT, "K2"},
	{ACME "rateLimited", 429, ERROR_LIMITED, NULL},
	{ACME "orderNotReady", 403, ERROR_TRANSIENT, ""},
	{ACME "accountDoesNotExist", 400, ERROR_TRANSIENT, "A3"},
	{ACME "alreadyReplaced", 409, ERROR_TRANSIENT, "K4"},
	{ACME "connection", 0, ERROR_VALIDATION, NULL},
	{ACME "dns", 0, ERROR_VALIDATION, NULL},
	{ACME "tls", 0, ERROR_VALIDATION, NULL},
	{ACME "caa", 403, ERROR_VALIDATION, "D8"},
	{ACME "incorrectResponse", 0, ERROR_VALIDATION, NULL},
	{ACME "unauthorized", 0, ERROR_VALIDATION, NULL},
	{ACME "unauthorized", 401, ERROR_REFUSED, NULL},
	{ACME "unauthorized", 403, ERROR_REFUSED, NULL},
	{"urn:acme:error:unauthorized", 403, ERROR_REFUSED, NULL},
	{ACME "malformed", 400, ERROR_REFUSED, ""},
	{ACME "malformed", 0, ERROR_VALIDATION, ""},
	{ACME "badCSR", 400, ERROR_REFUSED, "K7"},
	{ACME "rejectedIdentifier", 400, ERROR_REFUSED, "K10"},
	{ACME "userActionRequired", 403, ERROR_REFUSED, "A1"},
	{ACME "externalAccountRequired", 403, ERROR_REFUSED, "A4"},
	{ACME "invalidContact", 400, ERROR_REFUSED, "A6"},
	{ACME "never-heard-of", 400, ERROR_VALIDATION, NULL},
	{ACME "never-heard-of", 500, ERROR_TRANSIENT, NULL},
	{ACME "never-heard-of", 0, ERROR_VALIDATION, NULL},
	{"about:blank", 429, ERROR_LIMITED, NULL},
	{"https://ca.example/why", 404, ERROR_VALIDATION, NULL},
};

START_TEST(every_type_has_its_kind)
{
	struct error err = {0};
	cleanup(json) json_t *problem = json_pack(
		"{s:s, s:s}", "type", TYPES[_i].type, "detail", "words");

	problem_to_error(problem, TYPES[_i].status, &err);
	ck_assert_msg(err.kind == TYPES[_i].kind, "%s %ld: %s", TYPES[_i].type,
		TYPES[_i].status, error_kind_name(err.kind));
	if (TYPES[_i].code)
		ck_assert_str_eq(err.code, TYPES[_i].code);
	ck_assert_ptr_nonnull(strstr(err.text, "words"));
}
END_TEST

START_TEST(the_type_is_cut_out_of_both_namespaces)
{
	cleanup(json) json_t *new = json_pack("{s:s}", "type", ACME "dns");
	cleanup(json) json_t *old =
		json_pack("{s:s}", "type", "urn:acme:error:dns");
	cleanup(json) json_t *other = json_pack("{s:s}", "type", "about:blank");

	ck_assert_str_eq(problem_type(new), "dns");
	ck_assert_str_eq(problem_type(old), "dns");
	ck_assert_str_eq(problem_type(other), "");
	ck_assert_str_eq(problem_type(NULL), "");
}
END_TEST

START_TEST(subproblems_are_told_by_name)
{
	struct error err = error_of(403,
		"{\"type\":\"" ACME "malformed\",\"detail\":\"Some names\","
		"\"identifier\":{\"type\":\"dns\",\"value\":\"not.me\"},"
		"\"subproblems\":[{\"type\":\"" ACME "caa\",\"detail\":\"a\\nb"
		"\",\"identifier\":{\"type\":\"dns\",\"value\":\"x.example\"}},"
		"17,{}]}");

	ck_assert_ptr_nonnull(strstr(err.text, "Some names (malformed)"));
	ck_assert_ptr_nonnull(strstr(err.text, "'x.example': a b (caa)"));
	ck_assert_ptr_null(strstr(err.text, "not.me"));
}
END_TEST

START_TEST(a_flood_of_subproblems_is_cut)
{
	cleanup(json) json_t *problem = json_pack("{s:s, s:s, s:[]}", "type",
		ACME "dns", "detail", "x", "subproblems");
	json_t *list = json_object_get(problem, "subproblems");
	for (int i = 0; i < 100000; i++)
		json_array_append_new(list, json_pack("{s:s}", "detail", "y"));
	struct error err = {0};

	problem_to_error(problem, 0, &err);
	ck_assert_int_eq(err.kind, ERROR_VALIDATION);
	ck_assert_ptr_nonnull(strstr(err.text, "x (dns)"));
}
END_TEST

/* "Some names failed" says less than they do. */
START_TEST(the_cause_is_that_of_the_first_subproblem)
{
	struct error err = error_of(403,
		"{\"type\":\"" ACME "caa\",\"detail\":\"Rechecking CAA for "
		"\\\"a\\\" and 1 more identifiers failed. Refer to "
		"sub-problems\",\"subproblems\":[{\"type\":\"" ACME
		"dns\",\"detail\":\"DNS problem: SERVFAIL looking up CAA "
		"for a\"}]}");

	ck_assert_str_eq(err.code, "D7");
}
END_TEST

START_TEST(a_look_from_afar_tells_what_it_met)
{
	struct error err = error_of(0,
		"{\"type\":\"" ACME "connection\",\"detail\":\"During "
		"secondary validation: 192.0.2.7: Fetching http://x/: "
		"Connection refused\"}");

	ck_assert_str_eq(err.code, "H11");
	ck_assert_ptr_nonnull(strstr(err.text, "(H1)"));
}
END_TEST

START_TEST(words_without_a_cause_are_cleaned_and_cut)
{
	cleanup(string) char *body = text_format(
		"{\"type\":\"" ACME "malformed\",\"detail\":\"gr\xc3\xbc\xc3"
		"\x9f\\n\\u001b[31m %0400d\"}",
		7);
	struct error err = error_of(400, body);

	ck_assert_str_eq(err.code, "");
	ck_assert(text_starts_with(err.text, "gr?? ?[31m 000"));
	ck_assert_uint_le(strlen(err.text), 300 + strlen(" (malformed)"));
}
END_TEST

START_TEST(a_retry_after_is_kept)
{
	struct reply reply = canned(
		429, "{\"type\":\"" ACME "rateLimited\",\"detail\":\"slow\"}");
	struct error err = {0};

	problem_from_reply(&reply, &err);
	ck_assert_double_eq(err.retry_after, 3600);
	reply.retry_after = 77;
	problem_from_reply(&reply, &err);
	ck_assert_double_eq(err.retry_after, 77);
	ck_assert_int_eq(err.kind, ERROR_LIMITED);
}
END_TEST

START_TEST(a_503_with_a_time_is_a_limit)
{
	struct reply reply = canned(503, "busy");
	struct error err = {0};

	problem_from_reply(&reply, &err);
	ck_assert_int_eq(err.kind, ERROR_TRANSIENT);
	reply.retry_after = 5;
	problem_from_reply(&reply, &err);
	ck_assert_int_eq(err.kind, ERROR_LIMITED);
	ck_assert_double_eq(err.retry_after, 5);
	ck_assert_str_eq(err.code, "R5");
	reply = canned(500, "{\"type\":\"" ACME "serverInternal\"}");
	reply.retry_after = 60;
	problem_from_reply(&reply, &err);
	ck_assert_int_eq(err.kind, ERROR_TRANSIENT);
	ck_assert_double_eq(err.retry_after, 60);
}
END_TEST

START_TEST(a_limit_says_where_to_read_of_it)
{
	struct reply reply = canned(429,
		"{\"type\":\"" ACME "rateLimited\",\"detail\":\"too many\"}");
	struct error err = {0};

	reply.help = "https://ca.example/limits";
	problem_from_reply(&reply, &err);
	ck_assert_ptr_nonnull(
		strstr(err.text, "; see 'https://ca.example/limits'"));
	reply.body = "{\"type\":\"" ACME "rateLimited\",\"detail\":"
		     "\"see https://ca.example/limits\"}";
	reply.length = strlen(reply.body);
	problem_from_reply(&reply, &err);
	ck_assert_ptr_null(strchr(err.text, ';'));
}
END_TEST

START_TEST(a_paused_name_wants_a_human)
{
	struct error err = error_of(429,
		"{\"type\":\"" ACME
		"rateLimited\",\"detail\":\"Your account is "
		"temporarily prevented from requesting certificates for x. "
		"Please visit: https://portal.example/unpause?jwt=1\"}");

	ck_assert_int_eq(err.kind, ERROR_REFUSED);
	ck_assert_str_eq(err.code, "R4");
	ck_assert_ptr_nonnull(
		strstr(err.text, "https://portal.example/unpause?jwt=1"));
}
END_TEST

START_TEST(new_terms_name_where_to_go)
{
	struct reply reply = canned(403,
		"{\"type\":\"" ACME
		"userActionRequired\",\"detail\":\"Terms of "
		"service have "
		"changed\",\"instance\":\"https://ca.example/go\"}");
	reply.terms = "https://ca.example/terms.pdf";
	struct error err = {0};

	problem_from_reply(&reply, &err);
	ck_assert_str_eq(err.code, "A1");
	ck_assert_ptr_nonnull(strstr(err.text, "'https://ca.example/go'"));
	ck_assert_ptr_nonnull(
		strstr(err.text, "'https://ca.example/terms.pdf'"));
}
END_TEST

START_TEST(html_is_not_the_ca)
{
	struct error err = error_of(502, "<html>Bad Gateway\n");
	ck_assert_int_eq(err.kind, ERROR_TRANSIENT);
	ck_assert_str_eq(err.code, "N2");
	ck_assert_ptr_nonnull(strstr(err.text, "status 502"));
}
END_TEST

START_TEST(an_empty_or_strange_body_leaves_the_status)
{
	ck_assert_int_eq(error_of(404, "").kind, ERROR_VALIDATION);
	ck_assert_int_eq(error_of(408, "").kind, ERROR_TRANSIENT);
	ck_assert_int_eq(error_of(429, "{}").kind, ERROR_LIMITED);
	ck_assert_int_eq(error_of(500, "[1]").kind, ERROR_TRANSIENT);
	ck_assert_int_eq(error_of(302, "").kind, ERROR_TRANSIENT);
	ck_assert_int_eq(error_of(400, "{\"type\":7,\"detail\":[]}").kind,
		ERROR_VALIDATION);
}
END_TEST

START_TEST(only_the_type_of_a_failure_is_compared)
{
	struct reply reply = canned(
		400, "{\"type\":\"" ACME "badNonce\",\"detail\":\"dns\"}");

	ck_assert(problem_is(&reply, "badNonce"));
	ck_assert(!problem_is(&reply, "dns"));
	reply.status = 200;
	ck_assert(!problem_is(&reply, "badNonce"));
	reply = canned(400, "nonsense");
	ck_assert(!problem_is(&reply, "badNonce"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("problem");
	TCase *tests = tcase_create("problem");

	tcase_add_loop_test(tests, every_type_has_its_kind, 0,
		sizeof(TYPES) / sizeof(*TYPES));
	tcase_add_test(tests, the_type_is_cut_out_of_both_namespaces);
	tcase_add_test(tests, subproblems_are_told_by_name);
	tcase_add_test(tests, a_flood_of_subproblems_is_cut);
	tcase_add_test(tests, the_cause_is_that_of_the_first_subproblem);
	tcase_add_test(tests, a_look_from_afar_tells_what_it_met);
	tcase_add_test(tests, words_without_a_cause_are_cleaned_and_cut);
	tcase_add_test(tests, a_retry_after_is_kept);
	tcase_add_test(tests, a_503_with_a_time_is_a_limit);
	tcase_add_test(tests, a_limit_says_where_to_read_of_it);
	tcase_add_test(tests, a_paused_name_wants_a_human);
	tcase_add_test(tests, new_terms_name_where_to_go);
	tcase_add_test(tests, html_is_not_the_ca);
	tcase_add_test(tests, an_empty_or_strange_body_leaves_the_status);
	tcase_add_test(tests, only_the_type_of_a_failure_is_compared);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
