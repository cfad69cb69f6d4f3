/* SPDX-License-Identifier: MIT */
#include "http.h"

#include "backoff.h"
#include "canned_server.h"
#include "fake_dns.h"
#include "mem.h"
#include "text.h"

#include <check.h>
#include <openssl/pem.h>
#include <unistd.h>

static struct ev_loop *loop;
static struct dns *dns;
static struct http *http;
static struct canned_server server;

/* What the callbacks saw. */
static unsigned replies;
static unsigned failures;
static long status;
static char body[4096];
static size_t length;
static char retry_after[64];
static struct error last_err;

static void on_reply(
	void *data, const struct http_reply *reply, const struct error *err)
{
	unsigned *left = data;

	ck_assert((reply == NULL) != (err == NULL));
	if (reply) {
		const char *value = http_reply_header(reply, "retry-after");
		replies++;
		status = reply->status;
		length = reply->length;
		snprintf(body, sizeof(body), "%s", reply->body);
		snprintf(retry_after, sizeof(retry_after), "%s",
			value ? value : "");
	} else {
		failures++;
		last_err = *err;
	}
	if (left && --*left == 0)
		ev_break(loop, EVBREAK_ALL);
}

static void start_client(void)
{
	struct error err;

	replies = failures = 0;
	loop = ev_loop_new(EVFLAG_NOENV);
	dns = dns_new(loop);
	http = http_new(loop, dns, &err);
	ck_assert_ptr_nonnull(http);
}

static void start(bool (*answer)(
	struct canned_peer *, const struct canned_request *, void *))
{
	server.answer = answer;
	canned_start(&server);
	start_client();
}

static void stop(void)
{
	http_free(http);
	dns_free(dns);
	canned_stop(&server);
	server = (struct canned_server){0};
	ev_loop_destroy(loop);
}

static struct http_transfer *send_to(
	const char *url, enum http_method method, unsigned *left)
{
	const struct http_request request = {
		.method = method,
		.url = url,
		.body = method == HTTP_POST ? "{\"x\":1}" : NULL,
		.content_type =
			method == HTTP_POST ? "application/jose+json" : NULL,
		.trust_file = server.trust_file,
	};

	return http_send(http, &request, on_reply, left);
}

static void ask(enum http_method method, const char *path)
{
	unsigned left = 1;
	cleanup(string) char *url = text_format("%s%s", server.url, path);

	send_to(url, method, &left);
	ck_assert_uint_eq(left, 1);
	ev_run(loop, 0);
	ck_assert_uint_eq(left, 0);
}

static bool echo(struct canned_peer *peer, const struct canned_request *request,
	void *data)
{
	cleanup(string) char *text =
		text_format("%s %s\n%s\n%s", request->method, request->path,
			request->headers, request->body);

	(void)data;
	if (streq(request->method, "HEAD"))
		canned_printf(peer,
			"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n"
			"RETRY-AFTER:\t 7 \r\n\r\n");
	else
		canned_reply(peer, 200, "Retry-After: 120\r\n", text);
	return true;
}

START_TEST(a_request_says_who_asks_and_in_which_language)
{
	start(echo);
	setenv("https_proxy", "http://127.0.0.1:1", 1);
	ask(HTTP_POST, "/a/../b?c=d");
	ck_assert_int_eq(status, 200);
	ck_assert_ptr_eq(strstr(body, "POST /a/../b?c=d\n"), body);
	ck_assert_ptr_nonnull(
		strstr(body, "User-Agent: acmed/" ACMED_VERSION " libcurl/"));
	ck_assert_ptr_nonnull(strstr(body, "Accept-Language: en\r\n"));
	ck_assert_ptr_nonnull(
		strstr(body, "Content-Type: application/jose+json\r\n"));
	ck_assert_ptr_null(strstr(body, "Expect:"));
	ck_assert_ptr_nonnull(strstr(body, "\n{\"x\":1}"));
	ck_assert_str_eq(retry_after, "120");
	stop();
}
END_TEST

START_TEST(a_head_request_has_headers_and_no_body)
{
	start(echo);
	ask(HTTP_HEAD, "/nonce");
	ck_assert_uint_eq(length, 0);
	ck_assert_str_eq(retry_after, "7");
	stop();
}
END_TEST

START_TEST(one_connection_is_kept_for_all_requests)
{
	start(echo);
	for (int i = 0; i < 5; i++)
		ask(HTTP_GET, "/");
	ck_assert_uint_eq(server.shared->connections, 1);
	ck_assert_uint_eq(http_count(http).connections, 1);
	ck_assert_uint_eq(http_count(http).requests, 5);
	stop();
}
END_TEST

START_TEST(a_hundred_requests_take_at_most_four_connections)
{
	unsigned left = 100;

	start(echo);
	for (int i = 0; i < 100; i++)
		send_to(server.url, HTTP_GET, &left);
	ev_run(loop, 0);
	ck_assert_uint_eq(replies, 100);
	ck_assert_uint_le(server.shared->connections, 4);
	stop();
}
END_TEST

START_TEST(a_name_is_resolved_by_us)
{
	start(echo);
	snprintf(server.url, sizeof(server.url), "https://localhost:%u",
		server.port);
	ask(HTTP_GET, "/");
	ask(HTTP_GET, "/");
	ck_assert_uint_eq(replies, 2);
	ck_assert_uint_eq(server.shared->connections, 1);
	stop();
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

	start(echo);
	fake_dns_start(&names, loop);
	dns_set_resolv_conf(dns, names.resolv_conf, names.port);
	send_to(URLS[_i], HTTP_GET, &left);
	ev_run(loop, 0);
	ck_assert_uint_eq(failures, 1);
	ck_assert_str_eq(last_err.code, "N3");
	ck_assert_int_eq(last_err.kind, ERROR_TRANSIENT);
	ck_assert_int_eq(backoff_class_of(&last_err), BACKOFF_Q1);
	fake_dns_stop(&names);
	stop();
}
END_TEST

static bool close_the_second(struct canned_peer *peer,
	const struct canned_request *request, void *data)
{
	if (request->on_connection == 2)
		return false;
	return echo(peer, request, data);
}

START_TEST(a_kept_connection_found_closed_is_no_failure)
{
	start(close_the_second);
	ask(HTTP_POST, "/one");
	ask(HTTP_POST, "/two");
	ck_assert_uint_eq(replies, 2);
	ck_assert_uint_eq(server.shared->connections, 2);
	ck_assert_uint_eq(server.shared->requests, 3);
	stop();
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
	start(redirect);
	ask(_i ? HTTP_GET : HTTP_POST, "/");
	ck_assert_int_eq(status, 302);
	ck_assert_uint_eq(server.shared->requests, 1);
	stop();
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
	start(informational);
	ask(HTTP_GET, "/");
	ck_assert_int_eq(status, 204);
	ck_assert_str_eq(retry_after, "");
	stop();
}
END_TEST

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
	canned_sleep(peer, 3000);
	return false;
}

static bool trickle(struct canned_peer *peer,
	const struct canned_request *request, void *data)
{
	(void)request;
	(void)data;
	canned_printf(peer, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
	for (int i = 0; i < 100; i++) {
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
	{"reset", CANNED_GOOD, CANNED_RESET, echo, "N2", "eset by", {.tcp = 0}},
	{"plain", CANNED_GOOD, CANNED_SPEAKS_FIRST, echo, "N2", "TLS h",
		{.tcp = 0}},
	{"name", CANNED_OTHER_NAME, CANNED_TLS, echo, "N4", "127.0.",
		{.tcp = 0}},
	{"old", CANNED_EXPIRED, CANNED_TLS, echo, "C1", "clock right?",
		{.tcp = 0}},
	{"new", CANNED_FUTURE, CANNED_TLS, echo, "C1", "not yet valid",
		{.tcp = 0}},
	{"CA", CANNED_STRANGER, CANNED_TLS, echo, "N4", "CN=strange CA",
		{.tcp = 0}},
	{"mute", CANNED_GOOD, CANNED_MUTE, echo, "N1", "TLS handshake timed",
		{.tls = 0.3}},
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
	http_set_deadlines(http, &deadlines);
}

START_TEST(a_bad_server_is_told_by_cause_and_words)
{
	const struct bad *bad = &BAD[_i];

	server.certificate = bad->certificate;
	server.manner = bad->manner;
	start(bad->answer);
	hurry(bad->hurry);
	ask(HTTP_GET, "/");
	ck_assert_msg(failures == 1, "%s", bad->what);
	ck_assert_int_eq(last_err.kind, ERROR_TRANSIENT);
	ck_assert_msg(streq(last_err.code, bad->code), "%s: %s: %s", bad->what,
		last_err.code, last_err.text);
	ck_assert_msg(strstr(last_err.text, bad->words) != NULL, "%s: %s",
		bad->what, last_err.text);
	ck_assert_ptr_nonnull(strstr(last_err.text, "CA host '127.0.0.1'"));
	stop();
}
END_TEST

START_TEST(a_firewall_is_suspected_when_tcp_times_out)
{
	unsigned left = 1;

	start(echo);
	hurry((struct http_deadlines){.tcp = 0.3});
	uint16_t port = canned_black_hole();
	cleanup(string) char *url = text_format("https://127.0.0.1:%u", port);
	cleanup(string) char *words =
		text_format("cannot reach CA host "
			    "'127.0.0.1': TCP connect timed out after 0.3 s "
			    "(check the firewall for tcp/%u)",
			port);
	send_to(url, HTTP_GET, &left);
	ev_run(loop, 0);
	ck_assert_str_eq(last_err.code, "N1");
	ck_assert_str_eq(last_err.text, words);
	stop();
}
END_TEST

START_TEST(a_closed_port_refuses)
{
	unsigned left = 1;

	start(echo);
	send_to("https://127.0.0.1:1/", HTTP_GET, &left);
	ev_run(loop, 0);
	ck_assert_str_eq(last_err.code, "N2");
	ck_assert_ptr_nonnull(strstr(last_err.text, "Connection refused"));
	stop();
}
END_TEST

START_TEST(the_whole_request_has_a_deadline)
{
	start(trickle);
	hurry((struct http_deadlines){.all = 2});
	ask(HTTP_GET, "/");
	ck_assert_int_eq(last_err.kind, ERROR_TRANSIENT);
	ck_assert_ptr_nonnull(strstr(last_err.text, "within 2 s"));
	stop();
}
END_TEST

START_TEST(only_https_is_spoken)
{
	static const char *const URLS[] = {"http://127.0.0.1/", "ftp://a/",
		"file:///etc/passwd", "", "https://", "127.0.0.1"};
	unsigned left = 1;

	start_client();
	send_to(URLS[_i], HTTP_GET, &left);
	ck_assert_uint_eq(left, 1);
	ev_run(loop, 0);
	ck_assert_int_eq(last_err.kind, ERROR_REFUSED);
	http_free(http);
	dns_free(dns);
	ev_loop_destroy(loop);
}
END_TEST

START_TEST(a_missing_trust_file_is_named)
{
	start(echo);
	unlink(server.trust_file);
	ask(HTTP_GET, "/");
	ck_assert_int_eq(last_err.kind, ERROR_LOCAL);
	ck_assert_str_eq(last_err.code, "N4");
	ck_assert_ptr_nonnull(strstr(last_err.text, server.trust_file));
	stop();
}
END_TEST

START_TEST(a_trust_file_that_changes_is_read_again)
{
	struct canned_server other = {.answer = echo};
	char first[sizeof(server.trust_file)];

	start(echo);
	canned_start(&other);
	memcpy(first, server.trust_file, sizeof(first));
	ck_assert_int_eq(rename(other.trust_file, first), 0);
	ask(HTTP_GET, "/");
	ck_assert_str_eq(last_err.code, "N4");
	snprintf(server.url, sizeof(server.url), "%s", other.url);
	ask(HTTP_GET, "/");
	ck_assert_uint_eq(replies, 1);
	canned_stop(&other);
	stop();
}
END_TEST

static void make_hashed_folder(const char *folder)
{
	FILE *file = fopen(server.trust_file, "re");
	cleanup(x509) X509 *ca = PEM_read_X509(file, NULL, NULL, NULL);
	cleanup(string) char *link = text_format("%s/%08lx.0", folder,
		X509_NAME_hash_ex(X509_get_subject_name(ca), NULL, NULL, NULL));

	fclose(file);
	ck_assert_int_eq(symlink(server.trust_file, link), 0);
	setenv("SSL_CERT_DIR", folder, 1);
}

static void remove_folder(const char *folder)
{
	cleanup(string) char *command = text_format("rm -r '%s'", folder);

	ck_assert_int_eq(system(command), 0);
}

START_TEST(the_trust_of_the_system_is_a_hashed_folder_or_a_bundle)
{
	char folder[] = "/tmp/acmed-unit-trust-XXXXXX";
	const struct http_request request = {.url = server.url};
	unsigned left = 1;

	start(echo);
	ck_assert_ptr_nonnull(mkdtemp(folder));
	if (_i)
		make_hashed_folder(folder);
	else
		setenv("SSL_CERT_FILE", server.trust_file, 1);
	http_send(http, &request, on_reply, &left);
	ev_run(loop, 0);
	ck_assert_uint_eq(replies, 1);
	remove_folder(folder);
	stop();
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

	server.manner = CANNED_PLAIN;
	start(refuse_tunnel);
	cleanup(string) char *proxy =
		text_format("http://me:secret@127.0.0.1:%u", server.port);
	request.proxy = proxy;
	http_send(http, &request, on_reply, &left);
	ev_run(loop, 0);
	ck_assert_str_eq(last_err.code, "N7");
	ck_assert_ptr_nonnull(strstr(last_err.text, "407"));
	ck_assert_ptr_nonnull(strstr(last_err.text, "'ca.example'"));
	ck_assert_ptr_null(strstr(last_err.text, "secret"));
	stop();
}
END_TEST

static struct http_transfer *victim;

static void on_reply_cancel(
	void *data, const struct http_reply *reply, const struct error *err)
{
	http_cancel(victim);
	on_reply(data, reply, err);
}

START_TEST(a_cancelled_request_has_no_callback)
{
	struct http_request request = {.trust_file = server.trust_file};
	unsigned left = 1;

	start(echo);
	request.url = server.url;
	http_cancel(send_to(server.url, HTTP_GET, NULL));
	victim = send_to("https://127.0.0.1:1/", HTTP_GET, NULL);
	ck_assert_uint_eq(failures, 0);
	http_cancel(victim);
	victim = send_to("http://no.example/", HTTP_GET, NULL);
	http_cancel(victim);
	uint16_t port = canned_black_hole();
	cleanup(string) char *url = text_format("https://127.0.0.1:%u", port);
	victim = send_to(url, HTTP_GET, NULL);
	http_send(http, &request, on_reply_cancel, &left);
	ev_run(loop, 0);
	ck_assert_uint_eq(replies, 1);
	ck_assert_uint_eq(failures, 0);
	stop();
}
END_TEST

static void on_reply_free(
	void *data, const struct http_reply *reply, const struct error *err)
{
	http_free(http);
	http = NULL;
	on_reply(data, reply, err);
}

START_TEST(a_callback_may_free_everything)
{
	struct http_request request = {.trust_file = server.trust_file};
	unsigned left = 1;

	start(echo);
	request.url = _i ? "http://x" : server.url;
	http_send(http, &request, on_reply_free, &left);
	for (int i = 0; i < 20; i++)
		send_to(server.url, HTTP_GET, NULL);
	ev_run(loop, 0);
	ck_assert_ptr_null(http);
	stop();
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

	start(echo);
	ask(HTTP_GET, "/");
	ev_prepare_init(&prepare, on_prepare);
	ev_prepare_start(loop, &prepare);
	ev_timer_init(&enough, on_enough, 0.5, 0.);
	ev_timer_start(loop, &enough);
	ev_run(loop, 0);
	ck_assert_uint_le(turns, 5);
	ev_prepare_stop(loop, &prepare);
	stop();
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
	tcase_add_loop_test(tests, a_bad_server_is_told_by_cause_and_words, 0,
		sizeof(BAD) / sizeof(*BAD));
	tcase_add_test(tests, a_firewall_is_suspected_when_tcp_times_out);
	tcase_add_test(tests, a_closed_port_refuses);
	tcase_add_test(tests, the_whole_request_has_a_deadline);
	tcase_add_loop_test(tests, only_https_is_spoken, 0, 6);
	tcase_add_test(tests, a_missing_trust_file_is_named);
	tcase_add_test(tests, a_trust_file_that_changes_is_read_again);
	tcase_add_loop_test(tests,
		the_trust_of_the_system_is_a_hashed_folder_or_a_bundle, 0, 2);
	tcase_add_test(
		tests, a_proxy_that_refuses_is_named_without_its_password);
	tcase_add_test(tests, a_cancelled_request_has_no_callback);
	tcase_add_loop_test(tests, a_callback_may_free_everything, 0, 2);
	tcase_add_test(tests, an_idle_loop_turns_only_when_something_happens);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
