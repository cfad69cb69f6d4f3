/* SPDX-License-Identifier: MIT */
#include "http.h"

#include "backoff.h"
#include "fake_dns.h"
#include "http_run.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>

static struct http_run run;

START_TEST(a_request_says_who_asks_and_in_which_language)
{
	http_run_start(&run, http_run_echo);
	setenv("https_proxy", "http://127.0.0.1:1", 1);
	http_run_ask(&run, HTTP_POST, "/a/../b?c=d");
	ck_assert_int_eq(run.status, 200);
	ck_assert_ptr_eq(strstr(run.body, "POST /a/../b?c=d\n"), run.body);
	ck_assert_ptr_nonnull(strstr(
		run.body, "User-Agent: acmed/" ACMED_VERSION " libcurl/"));
	ck_assert_ptr_nonnull(strstr(run.body, "Accept-Language: en\r\n"));
	ck_assert_ptr_nonnull(
		strstr(run.body, "Content-Type: application/jose+json\r\n"));
	ck_assert_ptr_null(strstr(run.body, "Expect:"));
	ck_assert_ptr_nonnull(strstr(run.body, "\n{\"x\":1}"));
	ck_assert_str_eq(run.retry_after, "120");
	http_run_stop(&run);
}
END_TEST

START_TEST(a_head_request_has_headers_and_no_body)
{
	http_run_start(&run, http_run_echo);
	http_run_ask(&run, HTTP_HEAD, "/nonce");
	ck_assert_uint_eq(run.length, 0);
	ck_assert_str_eq(run.retry_after, "7");
	http_run_stop(&run);
}
END_TEST

START_TEST(one_connection_is_kept_for_all_requests)
{
	http_run_start(&run, http_run_echo);
	for (int i = 0; i < 5; i++)
		http_run_ask(&run, HTTP_GET, "/");
	ck_assert_uint_eq(run.server.shared->connections, 1);
	ck_assert_uint_eq(http_count(run.http).connections, 1);
	ck_assert_uint_eq(http_count(run.http).requests, 5);
	http_run_stop(&run);
}
END_TEST

START_TEST(a_hundred_requests_take_at_most_four_connections)
{
	unsigned left = 100;

	http_run_start(&run, http_run_echo);
	for (int i = 0; i < 100; i++)
		http_run_send(&run, run.server.url, HTTP_GET, &left);
	ev_run(run.loop, 0);
	ck_assert_uint_eq(run.replies, 100);
	ck_assert_uint_le(run.server.shared->connections, 4);
	http_run_stop(&run);
}
END_TEST

START_TEST(a_name_is_resolved_by_us)
{
	http_run_start(&run, http_run_echo);
	snprintf(run.server.url, sizeof(run.server.url), "https://localhost:%u",
		run.server.port);
	http_run_ask(&run, HTTP_GET, "/");
	http_run_ask(&run, HTTP_GET, "/");
	ck_assert_uint_eq(run.replies, 2);
	ck_assert_uint_eq(run.server.shared->connections, 1);
	http_run_stop(&run);
}
END_TEST

START_TEST(a_ca_without_address_is_a_ca_out_of_reach)
{
	static const char *const URLS[] = {
		"https://gone.example/", /* NXDOMAIN */
		"https://empty.example/",
		"https://broken.example/", /* SERVFAIL */
	};
	struct fake_dns names;
	unsigned left = 1;

	http_run_start(&run, http_run_echo);
	fake_dns_start(&names, run.loop);
	dns_set_resolv_conf(run.dns, names.resolv_conf, names.port);
	http_run_send(&run, URLS[_i], HTTP_GET, &left);
	ev_run(run.loop, 0);
	ck_assert_uint_eq(run.failures, 1);
	ck_assert_str_eq(run.err.code, "N3");
	ck_assert_int_eq(run.err.kind, ERROR_TRANSIENT);
	ck_assert_int_eq(backoff_class_of(&run.err), BACKOFF_Q1);
	fake_dns_stop(&names);
	http_run_stop(&run);
}
END_TEST

static bool close_the_second(struct canned_peer *peer,
	const struct canned_request *request, void *data)
{
	if (request->on_connection == 2)
		return false;
	return http_run_echo(peer, request, data);
}

START_TEST(a_kept_connection_found_closed_is_no_failure)
{
	http_run_start(&run, close_the_second);
	http_run_ask(&run, HTTP_POST, "/one");
	http_run_ask(&run, HTTP_POST, "/two");
	ck_assert_uint_eq(run.replies, 2);
	ck_assert_uint_eq(run.server.shared->connections, 2);
	ck_assert_uint_eq(run.server.shared->requests, 3);
	http_run_stop(&run);
}
END_TEST

static bool redirect(struct canned_peer *peer,
	const struct canned_request *request, void *data)
{
	(void)request;
	(void)data;
	canned_reply(peer, 302, "Location: https://127.0.0.1:1/\r\n", "");
	return true;
}

START_TEST(no_redirect_is_followed)
{
	http_run_start(&run, redirect);
	http_run_ask(&run, _i ? HTTP_GET : HTTP_POST, "/");
	ck_assert_int_eq(run.status, 302);
	ck_assert_uint_eq(run.server.shared->requests, 1);
	http_run_stop(&run);
}
END_TEST

static bool informational(struct canned_peer *peer,
	const struct canned_request *request, void *data)
{
	(void)request;
	(void)data;
	canned_printf(peer,
		"HTTP/1.1 103 Early Hints\r\nRetry-After: 9\r\n\r\n"
		"HTTP/1.1 204 No Content\r\n\r\n");
	return true;
}

START_TEST(headers_before_the_reply_do_not_count)
{
	http_run_start(&run, informational);
	http_run_ask(&run, HTTP_GET, "/");
	ck_assert_int_eq(run.status, 204);
	ck_assert_str_eq(run.retry_after, "");
	http_run_stop(&run);
}
END_TEST

START_TEST(only_https_is_spoken)
{
	static const char *const URLS[] = {"http://127.0.0.1/", "ftp://a/",
		"file:///etc/passwd", "", "https://", "127.0.0.1"};
	unsigned left = 1;

	http_run_start_client(&run);
	http_run_send(&run, URLS[_i], HTTP_GET, &left);
	ck_assert_uint_eq(left, 1);
	ev_run(run.loop, 0);
	ck_assert_int_eq(run.err.kind, ERROR_REFUSED);
	http_run_stop(&run);
}
END_TEST

static struct http_transfer *victim;

static void on_reply_cancel(
	void *data, const struct http_reply *reply, const struct error *err)
{
	http_cancel(victim);
	http_run_on_reply(data, reply, err);
}

START_TEST(a_cancelled_request_has_no_callback)
{
	struct http_request request = {.trust_file = run.server.trust_file};
	unsigned left = 1;

	http_run_start(&run, http_run_echo);
	request.url = run.server.url;
	http_cancel(http_run_send(&run, run.server.url, HTTP_GET, NULL));
	victim = http_run_send(&run, "https://127.0.0.1:1/", HTTP_GET, NULL);
	ck_assert_uint_eq(run.failures, 0);
	http_cancel(victim);
	victim = http_run_send(&run, "http://no.example/", HTTP_GET, NULL);
	http_cancel(victim);
	uint16_t port = canned_black_hole();
	cleanup(string) char *url = text_format("https://127.0.0.1:%u", port);
	victim = http_run_send(&run, url, HTTP_GET, NULL);
	http_send(run.http, &request, on_reply_cancel, &left);
	ev_run(run.loop, 0);
	ck_assert_uint_eq(run.replies, 1);
	ck_assert_uint_eq(run.failures, 0);
	http_run_stop(&run);
}
END_TEST

static void on_reply_free(
	void *data, const struct http_reply *reply, const struct error *err)
{
	http_free(run.http);
	run.http = NULL;
	http_run_on_reply(data, reply, err);
}

START_TEST(a_callback_may_free_everything)
{
	struct http_request request = {.trust_file = run.server.trust_file};
	unsigned left = 1;

	http_run_start(&run, http_run_echo);
	request.url = _i ? "http://x" : run.server.url;
	http_send(run.http, &request, on_reply_free, &left);
	for (int i = 0; i < 20; i++)
		http_run_send(&run, run.server.url, HTTP_GET, NULL);
	ev_run(run.loop, 0);
	ck_assert_ptr_null(run.http);
	http_run_stop(&run);
}
END_TEST

static unsigned turns;

static void on_prepare(struct ev_loop *from, ev_prepare *watcher, int events)
{
	(void)from;
	(void)watcher;
	(void)events;
	turns++;
}

static void on_enough(struct ev_loop *from, ev_timer *timer, int events)
{
	(void)timer;
	(void)events;
	ev_break(from, EVBREAK_ALL);
}

START_TEST(an_idle_loop_turns_only_when_something_happens)
{
	ev_prepare prepare;
	ev_timer enough;

	http_run_start(&run, http_run_echo);
	http_run_ask(&run, HTTP_GET, "/");
	ev_prepare_init(&prepare, on_prepare);
	ev_prepare_start(run.loop, &prepare);
	ev_timer_init(&enough, on_enough, 0.5, 0.);
	ev_timer_start(run.loop, &enough);
	ev_run(run.loop, 0);
	ck_assert_uint_le(turns, 5);
	ev_prepare_stop(run.loop, &prepare);
	http_run_stop(&run);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("http");
	TCase *tests = tcase_create("http");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, a_request_says_who_asks_and_in_which_language);
	tcase_add_test(tests, a_head_request_has_headers_and_no_body);
	tcase_add_test(tests, one_connection_is_kept_for_all_requests);
	tcase_add_test(tests, a_hundred_requests_take_at_most_four_connections);
	tcase_add_test(tests, a_name_is_resolved_by_us);
	tcase_add_loop_test(
		tests, a_ca_without_address_is_a_ca_out_of_reach, 0, 3);
	tcase_add_test(tests, a_kept_connection_found_closed_is_no_failure);
	tcase_add_loop_test(tests, no_redirect_is_followed, 0, 2);
	tcase_add_test(tests, headers_before_the_reply_do_not_count);
	tcase_add_loop_test(tests, only_https_is_spoken, 0, 6);
	tcase_add_test(tests, a_cancelled_request_has_no_callback);
	tcase_add_loop_test(tests, a_callback_may_free_everything, 0, 2);
	tcase_add_test(tests, an_idle_loop_turns_only_when_something_happens);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
