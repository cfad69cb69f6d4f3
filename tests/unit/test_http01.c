/* SPDX-License-Identifier: MIT */
#include "http01.h"

#include "suite.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define PATH "/.well-known/acme-challenge/"
#define TOKEN "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA"

static struct http01_request request;

static size_t take(const char *text)
{
	return http01_read(text, strlen(text), &request);
}

START_TEST(a_get_of_a_token_is_understood)
{
	const char *text = "GET " PATH TOKEN " HTTP/1.1\r\n"
			   "Host: example.com\r\n\r\n";

	ck_assert_uint_eq(take(text), strlen(text));
	ck_assert_int_eq(request.status, HTTP01_OK);
	ck_assert_str_eq(request.token, TOKEN);
	ck_assert(request.keeps_alive);
	ck_assert(!request.is_head);
}
END_TEST

START_TEST(any_host_and_the_absolute_form_will_do)
{
	take("HEAD http://192.0.2.1:80" PATH TOKEN " HTTP/1.1\r\n\r\n");
	ck_assert_int_eq(request.status, HTTP01_OK);
	ck_assert(request.is_head);
	take("GET http://example.com HTTP/1.1\r\n\r\n");
	ck_assert_int_eq(request.status, HTTP01_NOT_FOUND);
}
END_TEST

START_TEST(lines_may_end_without_carriage_return)
{
	take("GET " PATH TOKEN " HTTP/1.1\nHost: x\n\n");
	ck_assert_int_eq(request.status, HTTP01_OK);
}
END_TEST

START_TEST(half_a_request_waits_for_the_rest)
{
	const char *text = "GET " PATH TOKEN " HTTP/1.1\r\nHost: x\r\n\r\n";

	for (size_t i = 0; i < strlen(text); i++)
		ck_assert_uint_eq(http01_read(text, i, &request), 0);
}
END_TEST

START_TEST(only_one_request_is_taken_of_several)
{
	const char *one = "GET / HTTP/1.1\r\n\r\n";

	ck_assert_uint_eq(take("GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
		strlen(one));
}
END_TEST

START_TEST(a_request_without_end_is_bad)
{
	char *bytes = malloc(HTTP01_REQUEST_MAX);

	memset(bytes, 'a', HTTP01_REQUEST_MAX);
	ck_assert_uint_eq(
		http01_read(bytes, HTTP01_REQUEST_MAX - 1, &request), 0);
	ck_assert_uint_eq(http01_read(bytes, HTTP01_REQUEST_MAX, &request),
		HTTP01_REQUEST_MAX);
	ck_assert_int_eq(request.status, HTTP01_BAD_REQUEST);
	ck_assert(!request.keeps_alive);
	free(bytes);
}
END_TEST

static const struct {
	const char *text;
	enum http01_status status;
} STRANGE[] = {
	{"\r\n", HTTP01_BAD_REQUEST},
	{"GET\r\n\r\n", HTTP01_BAD_REQUEST},
	{"GET  HTTP/1.1\r\n\r\n", HTTP01_BAD_REQUEST},
	{"GET / HTTP/2.0\r\n\r\n", HTTP01_BAD_REQUEST},
	{"GET / HTTP/1.2\r\n\r\n", HTTP01_BAD_REQUEST},
	{"GET / HTTP/1.1 \r\n\r\n", HTTP01_BAD_REQUEST},
	{"GET x HTTP/1.1\r\n\r\n", HTTP01_BAD_REQUEST},
	{"POST " PATH TOKEN " HTTP/1.1\r\n\r\n", HTTP01_WRONG_METHOD},
	{"get " PATH TOKEN " HTTP/1.1\r\n\r\n", HTTP01_WRONG_METHOD},
	{"GET " PATH TOKEN " HTTP/1.1\r\nContent-Length: 1\r\n\r\n",
		HTTP01_BAD_REQUEST},
	{"GET " PATH TOKEN " HTTP/1.1\r\nContent-Length: 0\r\n\r\n", HTTP01_OK},
	{"GET " PATH TOKEN " HTTP/1.1\r\nTransfer-Encoding: x\r\n\r\n",
		HTTP01_BAD_REQUEST},
	{"GET " PATH " HTTP/1.1\r\n\r\n", HTTP01_NOT_FOUND},
	{"GET " PATH TOKEN "/ HTTP/1.1\r\n\r\n", HTTP01_NOT_FOUND},
	{"GET " PATH "../" TOKEN " HTTP/1.1\r\n\r\n", HTTP01_NOT_FOUND},
	{"GET " PATH TOKEN "?a=b HTTP/1.1\r\n\r\n", HTTP01_NOT_FOUND},
	{"GET " PATH "%2e HTTP/1.1\r\n\r\n", HTTP01_NOT_FOUND},
	{"GET /.well-known/acme-challengf/x HTTP/1.1\r\n\r\n",
		HTTP01_NOT_FOUND},
};

START_TEST(strange_requests_get_the_status_they_deserve)
{
	ck_assert_uint_gt(take(STRANGE[_i].text), 0);
	ck_assert_msg(request.status == STRANGE[_i].status, "%d for '%s'",
		(int)request.status, STRANGE[_i].text);
}
END_TEST

START_TEST(a_token_that_is_too_long_is_not_found)
{
	char text[512] = "GET " PATH;

	memset(text + strlen(text), 'a', CHALLENGE_TOKEN_MAX + 1);
	strcat(text, " HTTP/1.1\r\n\r\n");
	take(text);
	ck_assert_int_eq(request.status, HTTP01_NOT_FOUND);
}
END_TEST

START_TEST(a_zero_byte_in_a_token_is_not_found)
{
	static const char text[] = "GET " PATH "abc\0def HTTP/1.1\r\n\r\n";

	http01_read(text, sizeof(text) - 1, &request);
	ck_assert_int_eq(request.status, HTTP01_NOT_FOUND);
}
END_TEST

START_TEST(the_connection_ends_when_the_client_wants_it)
{
	take("GET / HTTP/1.0\r\n\r\n");
	ck_assert(!request.keeps_alive);
	take("GET / HTTP/1.1\r\nconnection: te , Close\r\n\r\n");
	ck_assert(!request.keeps_alive);
	take("GET / HTTP/1.1\r\nConnection: keep-alive\r\n\r\n");
	ck_assert(request.keeps_alive);
	take("POST / HTTP/1.1\r\n\r\n");
	ck_assert(!request.keeps_alive);
}
END_TEST

START_TEST(the_body_is_the_answer_and_nothing_else)
{
	char out[HTTP01_REPLY_MAX];

	request = (struct http01_request){
		.status = HTTP01_OK,
		.keeps_alive = true,
	};
	size_t length = http01_reply(out, &request, TOKEN ".abc");
	ck_assert_uint_eq(length, strlen(out));
	ck_assert_ptr_nonnull(
		strstr(out, "Content-Type: application/octet-stream\r\n"));
	ck_assert_ptr_nonnull(strstr(out, "Content-Length: 47\r\n"));
	ck_assert_str_eq(strstr(out, "\r\n\r\n") + 4, TOKEN ".abc");
	request.is_head = true;
	http01_reply(out, &request, TOKEN ".abc");
	ck_assert_ptr_nonnull(strstr(out, "Content-Length: 47\r\n"));
	ck_assert_str_eq(strstr(out, "\r\n\r\n") + 4, "");
}
END_TEST

START_TEST(a_spoilt_request_never_reads_too_far)
{
	const char *good = "GET " PATH TOKEN " HTTP/1.1\r\nHost: x\r\n\r\n";
	size_t length = strlen(good);

	srand(1);
	for (int i = 0; i < 5000; i++) {
		char *bytes = malloc(length);
		memcpy(bytes, good, length);
		for (int spots = 0; spots < 3; spots++)
			bytes[(size_t)rand() % length] = (char)rand();
		http01_read(bytes, length, &request);
		free(bytes);
	}
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("http01");
	Suite *suite = suite_create("http01");

	tcase_add_test(tests, a_get_of_a_token_is_understood);
	tcase_add_test(tests, any_host_and_the_absolute_form_will_do);
	tcase_add_test(tests, lines_may_end_without_carriage_return);
	tcase_add_test(tests, half_a_request_waits_for_the_rest);
	tcase_add_test(tests, only_one_request_is_taken_of_several);
	tcase_add_test(tests, a_request_without_end_is_bad);
	tcase_add_loop_test(tests, strange_requests_get_the_status_they_deserve,
		0, sizeof(STRANGE) / sizeof(*STRANGE));
	tcase_add_test(tests, a_token_that_is_too_long_is_not_found);
	tcase_add_test(tests, a_zero_byte_in_a_token_is_not_found);
	tcase_add_test(tests, the_connection_ends_when_the_client_wants_it);
	tcase_add_test(tests, the_body_is_the_answer_and_nothing_else);
	tcase_add_test(tests, a_spoilt_request_never_reads_too_far);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
