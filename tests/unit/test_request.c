/* SPDX-License-Identifier: MIT */
#include "request.h"

#include "canned.h"
#include "mem.h"
#include "suite.h"

#include <check.h>

START_TEST(only_https_urls_of_sane_letters_pass)
{
	char longest[2050];
	memset(longest, 'a', sizeof(longest));
	memcpy(longest, "https://", 8);
	longest[2048] = '\0';

	ck_assert(url_is_https("https://ca.example/x?y=%20#z"));
	ck_assert(url_is_https("https://[2001:db8::1]:14000/dir"));
	ck_assert(url_is_https("HTTPS://ca.example"));
	ck_assert(url_is_https(longest));
	longest[2048] = 'a';
	longest[2049] = '\0';
	ck_assert(!url_is_https(longest));
	ck_assert(!url_is_https("http://ca.example/"));
	ck_assert(!url_is_https("https:///path"));
	ck_assert(!url_is_https("https://"));
	ck_assert(!url_is_https("https://user@ca.example/"));
	ck_assert(!url_is_https("https://ca.example/a b"));
	ck_assert(!url_is_https("https://ca.example/\n"));
	ck_assert(!url_is_https("https://ca.example/\xc3\xa4"));
	ck_assert(!url_is_https(""));
}
END_TEST

START_TEST(a_request_is_replaced_and_cleared)
{
	struct request request = {0};

	ck_assert(request_set(
		&request, REQUEST_BY_ACCOUNT, "https://ca.example/1", ""));
	ck_assert(request_set_json(&request, REQUEST_BY_KEY,
		"https://ca.example/2", json_pack("{s:b}", "a", 1)));
	ck_assert_str_eq(request.url, "https://ca.example/2");
	ck_assert_str_eq(request.payload, "{\"a\":true}");
	ck_assert_int_eq(request.signer, REQUEST_BY_KEY);
	request_clear(&request);
	ck_assert_ptr_null(request.url);
}
END_TEST

START_TEST(a_request_may_be_set_from_itself)
{
	struct request request = {0};

	ck_assert(request_set(
		&request, REQUEST_BY_ACCOUNT, "https://ca.example/1", "{}"));
	ck_assert(request_set(
		&request, REQUEST_BY_ACCOUNT, request.url, request.payload));
	ck_assert_str_eq(request.url, "https://ca.example/1");
	request_clear(&request);
}
END_TEST

START_TEST(a_good_reply_gives_its_object)
{
	struct reply reply = canned(200, "{\"status\":\"valid\"}");
	struct error err = {0};
	cleanup(json) json_t *object = reply_object(&reply, "it", &err);

	ck_assert_ptr_nonnull(object);
	ck_assert_int_eq(err.kind, ERROR_NONE);
}
END_TEST

static struct error error_of(struct reply reply)
{
	struct error err = {0};
	ck_assert_ptr_null(reply_object(&reply, "the order", &err));
	return err;
}

START_TEST(an_array_is_no_object)
{
	struct error err = error_of(canned(200, "[]"));
	ck_assert_int_eq(err.kind, ERROR_TRANSIENT);
	ck_assert_ptr_nonnull(strstr(err.text, "the order"));
}
END_TEST

START_TEST(half_a_document_is_an_error)
{
	ck_assert_int_eq(
		error_of(canned(200, "{\"a\":")).kind, ERROR_TRANSIENT);
	ck_assert_int_eq(error_of(canned(200, "")).kind, ERROR_TRANSIENT);
}
END_TEST

START_TEST(html_with_status_200_is_named)
{
	struct reply reply = canned(200, "hello");
	reply.content_type = "Text/HTML;charset=utf-8";
	struct error err = error_of(reply);
	ck_assert_int_eq(err.kind, ERROR_TRANSIENT);
	ck_assert_str_eq(err.code, "N2");

	err = error_of(canned(200, "\r\n <!DOCTYPE html><p>Log in"));
	ck_assert_str_eq(err.code, "N2");
	ck_assert_ptr_nonnull(strstr(err.text, "Log in"));
}
END_TEST

START_TEST(an_object_that_is_called_html_is_an_object)
{
	struct reply reply = canned(200, " {\"status\":\"valid\"}");
	struct error err = {0};

	reply.content_type = "text/html";
	cleanup(json) json_t *object = reply_object(&reply, "it", &err);
	ck_assert_ptr_nonnull(object);
	reply.body = "-----BEGIN CERTIFICATE-----";
	ck_assert(!reply_is_html(&reply));
}
END_TEST

START_TEST(a_problem_becomes_its_error)
{
	struct error err = error_of(
		canned(400, "{\"type\":\"" ACME "badCSR\",\"detail\":\"no\"}"));
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
}
END_TEST

START_TEST(a_member_that_is_no_https_url_is_quoted)
{
	cleanup(json) json_t *object = json_pack(
		"{s:s, s:s, s:i}", "a", "https://x/", "b", "http://x/", "c", 1);
	struct error err = {0};

	ck_assert_str_eq(member_url(object, "a", &err), "https://x/");
	ck_assert_ptr_null(member_url(object, "b", &err));
	ck_assert_ptr_nonnull(strstr(err.text, "'http://x/'"));
	ck_assert_ptr_null(member_url(object, "c", &err));
	ck_assert_ptr_null(member_url(object, "d", &err));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("request");
	TCase *tests = tcase_create("request");

	tcase_add_test(tests, only_https_urls_of_sane_letters_pass);
	tcase_add_test(tests, a_request_is_replaced_and_cleared);
	tcase_add_test(tests, a_request_may_be_set_from_itself);
	tcase_add_test(tests, a_good_reply_gives_its_object);
	tcase_add_test(tests, an_array_is_no_object);
	tcase_add_test(tests, half_a_document_is_an_error);
	tcase_add_test(tests, html_with_status_200_is_named);
	tcase_add_test(tests, an_object_that_is_called_html_is_an_object);
	tcase_add_test(tests, a_problem_becomes_its_error);
	tcase_add_test(tests, a_member_that_is_no_https_url_is_quoted);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
