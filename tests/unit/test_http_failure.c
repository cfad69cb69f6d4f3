/* SPDX-License-Identifier: MIT */
#include "http_failure.h"

#include "http_run.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>

static struct http_run run;

/* Bad servers, each with its cause and some of its words. */

static bool big_body(struct canned_peer *peer,
	const struct canned_request *request, void *data)
{
	static const char zeros[16384];

	(void)request;
	(void)data;
	canned_printf(peer, "HTTP/1.1 200 OK\r\n\r\n");
	for (int i = 0; i < 128; i++)
		canned_write(peer, zeros, sizeof(zeros));
	return false;
}

static bool header_flood(struct canned_peer *peer,
	const struct canned_request *request, void *data)
{
	(void)request;
	(void)data;
	canned_printf(peer, "HTTP/1.1 200 OK\r\n");
	for (int i = 0; i < 4000; i++)
		canned_printf(peer,
			"Link: <https://a.example/%d>;"
			"rel=\"alternate\"\r\n",
			i);
	canned_printf(peer, "\r\n");
	return false;
}

static bool truncated(struct canned_peer *peer,
	const struct canned_request *request, void *data)
{
	(void)request;
	(void)data;
	canned_printf(peer, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nab");
	return false;
}

static bool half_a_head(struct canned_peer *peer,
	const struct canned_request *request, void *data)
{
	(void)request;
	(void)data;
	canned_printf(peer, "HTTP/1.1 200 OK\r\nRetry-Af");
	return false;
}

static bool no_reply(struct canned_peer *peer,
	const struct canned_request *request, void *data)
{
	(void)peer;
	(void)request;
	(void)data;
	return false;
}

static bool slow(struct canned_peer *peer, const struct canned_request *request,
	void *data)
{
	(void)request;
	(void)data;
	canned_sleep(peer, 60000);
	return false;
}

static bool trickle(struct canned_peer *peer,
	const struct canned_request *request, void *data)
{
	(void)request;
	(void)data;
	canned_printf(peer, "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n");
	for (int i = 0; i < 2000; i++) {
		canned_printf(peer, "x");
		canned_sleep(peer, 30);
	}
	return false;
}

static bool garbage(struct canned_peer *peer,
	const struct canned_request *request, void *data)
{
	(void)request;
	(void)data;
	canned_printf(peer, "SSH-2.0-hello\r\n\r\n");
	return false;
}

static const struct bad {
	const char *what;
	enum canned_certificate certificate;
	enum canned_manner manner;
	bool (*answer)(
		struct canned_peer *, const struct canned_request *, void *);
	const char *code;
	const char *words;
	struct http_deadlines hurry; /* 0: none */
} BAD[] = {
	{"big body", CANNED_GOOD, CANNED_TLS, big_body, "M6", "larger",
		{.tcp = 0}},
	{"headers", CANNED_GOOD, CANNED_TLS, header_flood, "M6", "larger",
		{.tcp = 0}},
	{"cut", CANNED_GOOD, CANNED_TLS, truncated, "N5", "broke after",
		{.tcp = 0}},
	{"half a head", CANNED_GOOD, CANNED_TLS, half_a_head, "N5",
		"header has no end", {.tcp = 0}},
	{"no reply", CANNED_GOOD, CANNED_TLS, no_reply, "N2", "broke",
		{.tcp = 0}},
	{"garbage", CANNED_GOOD, CANNED_TLS, garbage, "N2", "HTTP/0.9",
		{.tcp = 0}},
	{"reset", CANNED_GOOD, CANNED_RESET, http_run_echo, "N2", "eset by",
		{.tcp = 0}},
	{"plain", CANNED_GOOD, CANNED_SPEAKS_FIRST, http_run_echo, "N2",
		"TLS h", {.tcp = 0}},
	{"name", CANNED_OTHER_NAME, CANNED_TLS, http_run_echo, "N4", "127.0.",
		{.tcp = 0}},
	{"old", CANNED_EXPIRED, CANNED_TLS, http_run_echo, "C1", "clock right?",
		{.tcp = 0}},
	{"new", CANNED_FUTURE, CANNED_TLS, http_run_echo, "C1", "not yet valid",
		{.tcp = 0}},
	{"CA", CANNED_STRANGER, CANNED_TLS, http_run_echo, "N4",
		"CN=strange CA", {.tcp = 0}},
	{"mute", CANNED_GOOD, CANNED_MUTE, http_run_echo, "N1",
		"TLS handshake timed", {.tls = 0.3}},
	{"slow", CANNED_GOOD, CANNED_TLS, slow, "N1", "within 0.3 s",
		{.reply = 0.3}},
	{"trickle", CANNED_GOOD, CANNED_TLS, trickle, "N5", "stalled for 0.2",
		{.stall = 0.2}},
};

static void hurry(struct http_deadlines deadlines)
{
	const double patient = 30;

	if (deadlines.tcp == 0.)
		deadlines.tcp = patient;
	if (deadlines.tls == 0.)
		deadlines.tls = patient;
	if (deadlines.reply == 0.)
		deadlines.reply = patient;
	if (deadlines.stall == 0.)
		deadlines.stall = patient;
	if (deadlines.all == 0.)
		deadlines.all = patient;
	http_set_deadlines(run.http, &deadlines);
}

START_TEST(a_bad_server_is_told_by_cause_and_words)
{
	const struct bad *bad = &BAD[_i];

	run.server.certificate = bad->certificate;
	run.server.manner = bad->manner;
	http_run_start(&run, bad->answer);
	hurry(bad->hurry);
	http_run_ask(&run, HTTP_GET, "/");
	ck_assert_msg(run.failures == 1, "%s", bad->what);
	ck_assert_int_eq(run.err.kind, ERROR_TRANSIENT);
	ck_assert_msg(streq(run.err.code, bad->code), "%s: %s: %s", bad->what,
		run.err.code, run.err.text);
	ck_assert_msg(strstr(run.err.text, bad->words) != NULL, "%s: %s",
		bad->what, run.err.text);
	ck_assert_ptr_nonnull(strstr(run.err.text, "CA host '127.0.0.1'"));
	http_run_stop(&run);
}
END_TEST

START_TEST(a_firewall_is_suspected_when_tcp_times_out)
{
	unsigned left = 1;

	http_run_start(&run, http_run_echo);
	hurry((struct http_deadlines){.tcp = 0.3});
	uint16_t port = canned_black_hole();
	cleanup(string) char *url = text_format("https://127.0.0.1:%u", port);
	cleanup(string) char *words =
		text_format("cannot reach CA host "
			    "'127.0.0.1': TCP connect timed out after 0.3 s "
			    "(check the firewall for tcp/%u)",
			port);
	http_run_send(&run, url, HTTP_GET, &left);
	ev_run(run.loop, 0);
	ck_assert_str_eq(run.err.code, "N1");
	ck_assert_str_eq(run.err.text, words);
	http_run_stop(&run);
}
END_TEST

START_TEST(a_closed_port_refuses)
{
	unsigned left = 1;

	http_run_start(&run, http_run_echo);
	http_run_send(&run, "https://127.0.0.1:1/", HTTP_GET, &left);
	ev_run(run.loop, 0);
	ck_assert_str_eq(run.err.code, "N2");
	ck_assert_ptr_nonnull(strstr(run.err.text, "Connection refused"));
	http_run_stop(&run);
}
END_TEST

START_TEST(the_whole_request_has_a_deadline)
{
	http_run_start(&run, trickle);
	hurry((struct http_deadlines){.all = 2});
	http_run_ask(&run, HTTP_GET, "/");
	ck_assert_int_eq(run.err.kind, ERROR_TRANSIENT);
	ck_assert_ptr_nonnull(strstr(run.err.text, "within 2 s"));
	http_run_stop(&run);
}
END_TEST

START_TEST(a_peer_gone_before_curl_looks_at_it_has_reset)
{
	struct http_failure failure = {
		.stage = HTTP_TLS, .host = "ca.example", .port = "443"};
	CURL *easy = curl_easy_init();

	http_failure_of_curl(&failure, easy, CURLE_SSL_CONNECT_ERROR,
		"getpeername() failed with errno 107: "
		"Transport endpoint is not connected",
		&run.err);
	curl_easy_cleanup(easy);
	ck_assert_str_eq(run.err.code, "N2");
	ck_assert_str_eq(run.err.text,
		"cannot reach CA host 'ca.example': TLS handshake failed: "
		"Connection reset by peer");
}
END_TEST

static bool refuse_tunnel(struct canned_peer *peer,
	const struct canned_request *request, void *data)
{
	(void)data;
	ck_assert_str_eq(request->method, "CONNECT");
	canned_reply(peer, 407, "Proxy-Authenticate: Basic\r\n", "");
	return false;
}

START_TEST(a_proxy_that_refuses_is_named_without_its_password)
{
	struct http_request request = {.url = "https://ca.example/"};
	unsigned left = 1;

	run.server.manner = CANNED_PLAIN;
	http_run_start(&run, refuse_tunnel);
	cleanup(string) char *proxy =
		text_format("http://me:secret@127.0.0.1:%u", run.server.port);
	request.proxy = proxy;
	http_send(run.http, &request, http_run_on_reply, &left);
	ev_run(run.loop, 0);
	ck_assert_str_eq(run.err.code, "N7");
	ck_assert_ptr_nonnull(strstr(run.err.text, "407"));
	ck_assert_ptr_nonnull(strstr(run.err.text, "'ca.example'"));
	ck_assert_ptr_null(strstr(run.err.text, "secret"));
	http_run_stop(&run);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("http_failure");
	TCase *tests = tcase_create("http_failure");

	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, a_bad_server_is_told_by_cause_and_words, 0,
		sizeof(BAD) / sizeof(*BAD));
	tcase_add_test(tests, a_firewall_is_suspected_when_tcp_times_out);
	tcase_add_test(tests, a_closed_port_refuses);
	tcase_add_test(tests, a_peer_gone_before_curl_looks_at_it_has_reset);
	tcase_add_test(tests, the_whole_request_has_a_deadline);
	tcase_add_test(
		tests, a_proxy_that_refuses_is_named_without_its_password);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
