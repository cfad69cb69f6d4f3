/* SPDX-License-Identifier: MIT */
#include "exchange.h"

#include "canned_ca.h"
#include "fake_helper.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>

static struct ev_loop *loop;
static struct dns *dns;
static struct http *http;
static struct fake_helper fake;
static struct helper *vault;
static struct exchange *exchange;
static struct canned_server server;
static struct canned_ca *script; /* in shared memory */
static const struct directory *directory;

/* What the callbacks saw. */
static unsigned replies;
static unsigned failures;
static long status;
static struct error last_err;

static void sign_by_echo(struct fake_helper *from, const json_t *request)
{
	cleanup(string) char *text =
		json_dumps(request, JSON_COMPACT | JSON_SORT_KEYS);

	fake_helper_reply(from, request, json_pack("{s:s}", "jws", text));
}

static void count_down(unsigned *left)
{
	if (left && --*left == 0)
		ev_break(loop, EVBREAK_ALL);
}

static void on_reply(
	void *data, const struct reply *reply, const struct error *err)
{
	ck_assert((reply == NULL) != (err == NULL));
	ck_assert_ptr_nonnull(exchange);
	if (reply) {
		replies++;
		status = reply->status;
	} else {
		failures++;
		last_err = *err;
	}
	count_down(data);
}

static void on_directory(
	void *data, const struct directory *found, const struct error *err)
{
	ck_assert((found == NULL) != (err == NULL));
	if (err) {
		failures++;
		last_err = *err;
	}
	directory = found;
	count_down(data);
}

static void on_end(void *data, const struct error *err)
{
	(void)data;
	(void)err;
}

static void start_exchange(void)
{
	static char url[80];
	struct exchange_setup setup = {
		.loop = loop,
		.http = http,
		.vault = vault,
		.ca = "canned",
		.directory = url,
		.trust_file = server.trust_file,
	};

	snprintf(url, sizeof(url), "%s/dir", server.url);
	exchange = exchange_new(&setup);
}

static void ask_directory(void)
{
	unsigned left = 1;

	exchange_directory(exchange, on_directory, &left);
	ck_assert_uint_eq(left, 1);
	ev_run(loop, 0);
}

static void start(void)
{
	struct error err;

	replies = failures = 0;
	directory = NULL;
	server = (struct canned_server){
		.answer = canned_ca_answer, .data = &server};
	canned_start(&server);
	script = canned_ca_of(&server);
	loop = ev_loop_new(EVFLAG_NOENV);
	dns = dns_new(loop);
	http = http_new(loop, dns, &err);
	fake = (struct fake_helper){.on_request = sign_by_echo};
	fake_helper_start(&fake, loop, "vault");
	vault = helper_new(loop, "vault", on_end, NULL, &err);
	ck_assert_ptr_nonnull(vault);
	start_exchange();
	ask_directory();
}

static void stop(void)
{
	exchange_free(exchange);
	helper_free(vault);
	fake_helper_stop(&fake);
	http_free(http);
	dns_free(dns);
	canned_stop(&server);
	ev_loop_destroy(loop);
}

static struct exchange_call *post_to(
	const char *path, enum request_signer signer, unsigned *left)
{
	struct request request = {0};
	cleanup(string) char *url = text_format("%s%s", server.url, path);

	ck_assert(request_set(&request, signer, url, "{\"a\":1}"));
	struct exchange_call *call =
		exchange_post(exchange, &request, on_reply, left);
	request_clear(&request);
	return call;
}

static void post(const char *path)
{
	unsigned left = 1;

	post_to(path, REQUEST_BY_ACCOUNT, &left);
	ck_assert_uint_eq(left, 1);
	ev_run(loop, 0);
}

START_TEST(a_directory_is_fetched_once_and_kept)
{
	start();
	ck_assert_ptr_nonnull(directory);
	const struct directory *first = directory;
	ask_directory();
	ck_assert_ptr_eq(directory, first);
	ck_assert_uint_eq(script->directories, 1);
	exchange_directory_release(exchange, first);
	exchange_directory_release(exchange, directory);
	stop();
}
END_TEST

START_TEST(many_who_want_the_directory_cause_one_fetch)
{
	unsigned left = 10;

	start();
	exchange_free(exchange);
	start_exchange();
	for (int i = 0; i < 10; i++)
		exchange_directory(exchange, on_directory, &left);
	ev_run(loop, 0);
	ck_assert_uint_eq(script->directories, 2);
	ck_assert_uint_eq(failures, 0);
	stop();
}
END_TEST

/* Many who ask for it with a wrong clock are no burden to the CA. */
START_TEST(a_date_that_is_hours_off_is_told)
{
	static const char *const DATES[] = {
		"", "tomorrow", "Fri, 01 Jan 2100 00:00:00 GMT"};
	struct error err;

	start();
	exchange_free(exchange);
	strcpy(script->date, DATES[_i]);
	start_exchange();
	ask_directory();
	ck_assert_uint_eq(failures, 0);
	ck_assert(exchange_clock_agrees(exchange, &err) == (_i < 2));
	if (_i == 2)
		ck_assert_str_eq(err.code, "C1");
	ask_directory();
	ck_assert_uint_eq(script->directories, 2);
	stop();
}
END_TEST

START_TEST(html_is_no_directory)
{
	start();
	exchange_free(exchange);
	start_exchange();
	script->is_html = true;
	ask_directory();
	ck_assert_uint_eq(failures, 1);
	ck_assert_int_eq(last_err.kind, ERROR_TRANSIENT);
	ck_assert_str_eq(last_err.code, "N2");
	script->is_html = false;
	ask_directory();
	ck_assert_ptr_nonnull(directory);
	stop();
}
END_TEST

START_TEST(a_missing_resource_makes_the_directory_stale)
{
	start();
	const struct directory *old = directory;
	script->post_status = _i ? 404 : 405;
	post("/order");
	ask_directory();
	ck_assert_uint_eq(script->directories, 2);
	ck_assert_ptr_ne(directory, old);
	ck_assert_ptr_nonnull(strstr(old->new_order, "/order"));
	exchange_directory_release(exchange, old);
	stop();
}
END_TEST

START_TEST(the_vault_is_told_all_that_it_signs)
{
	unsigned left = 1;

	start();
	post_to("/order", _i ? REQUEST_BY_KEY : REQUEST_BY_ACCOUNT, &left);
	ev_run(loop, 0);
	ck_assert_int_eq(status, 200);
	ck_assert_ptr_nonnull(strstr(
		script->body, _i ? "\"by\":\"key\"" : "\"by\":\"account\""));
	ck_assert_ptr_nonnull(strstr(script->body, "\"ca\":\"canned\""));
	ck_assert_ptr_nonnull(strstr(script->body, "\"staging\":false"));
	ck_assert_ptr_nonnull(strstr(script->body, "\"verb\":\"sign\""));
	ck_assert_ptr_nonnull(strstr(script->body, "/order\""));
	ck_assert_ptr_nonnull(
		strstr(script->body, "\"payload\":\"{\\\"a\\\":1}\""));
	stop();
}
END_TEST

START_TEST(a_post_is_jose_json_and_nothing_sends_a_nonce_header)
{
	start();
	post("/order");
	ck_assert_ptr_nonnull(strcasestr(script->headers[2],
		"\r\nContent-Type: application/jose+json\r\n"));
	for (int i = 0; i < 3; i++) {
		ck_assert_ptr_nonnull(strcasestr(
			script->headers[i], "\r\nUser-Agent: acmed/"));
		ck_assert_ptr_nonnull(strcasestr(
			script->headers[i], "\r\nAccept-Language: "));
		ck_assert_ptr_null(
			strcasestr(script->headers[i], "Replay-Nonce"));
	}
	stop();
}
END_TEST

START_TEST(a_get_is_plain_and_wants_json)
{
	unsigned left = 1;

	start();
	cleanup(string) char *url = text_format("%s/info", server.url);
	exchange_get(exchange, url, on_reply, &left);
	ev_run(loop, 0);
	ck_assert_int_eq(status, 200);
	ck_assert_uint_eq(script->heads + script->posts, 0);
	ck_assert_ptr_nonnull(strcasestr(
		script->headers[0], "\r\nAccept: application/json\r\n"));
	ck_assert_ptr_null(strcasestr(script->headers[0], "Content-Type"));
	stop();
}
END_TEST

START_TEST(the_nonce_of_an_error_is_used_too)
{
	start();
	script->post_status = 403;
	post("/order");
	post("/order");
	ck_assert_int_eq(status, 403);
	ck_assert_uint_eq(script->heads, 1);
	ck_assert_uint_eq(script->reused, 0);
	stop();
}
END_TEST

START_TEST(nonces_of_replies_are_used_for_the_next_requests)
{
	start();
	for (int i = 0; i < 10; i++)
		post("/order");
	ck_assert_uint_eq(replies, 10);
	ck_assert_uint_eq(script->heads, 1);
	ck_assert_uint_eq(script->reused, 0);
	ck_assert_uint_eq(server.shared->connections, 1);
	stop();
}
END_TEST

START_TEST(a_hundred_requests_side_by_side_need_few_heads)
{
	unsigned left = 100;

	start();
	for (int i = 0; i < 100; i++)
		post_to("/order", REQUEST_BY_ACCOUNT, &left);
	ev_run(loop, 0);
	ck_assert_uint_eq(replies, 100);
	ck_assert_uint_eq(script->posts, 100);
	ck_assert_uint_le(script->heads, 50);
	ck_assert_uint_eq(script->reused, 0);
	stop();
}
END_TEST

START_TEST(a_ca_without_nonces_in_replies_is_asked_for_each)
{
	unsigned left = 5;

	start();
	script->keeps_nonces = true;
	for (int i = 0; i < 5; i++)
		post_to("/order", REQUEST_BY_ACCOUNT, &left);
	ev_run(loop, 0);
	ck_assert_uint_eq(replies, 5);
	ck_assert_uint_ge(script->heads, 5);
	stop();
}
END_TEST

START_TEST(a_bad_nonce_is_replaced_ten_times)
{
	start();
	script->reject = 10;
	post("/order");
	ck_assert_int_eq(status, 200);
	ck_assert_uint_eq(script->posts, 11);
	ck_assert_uint_eq(script->heads, 1);
	ck_assert_uint_eq(script->reused, 0);
	stop();
}
END_TEST

/* RFC 8555 section 6.5: the nonce of that very error, though others are
 * there; whatever is asked for and whoever signs. */
START_TEST(a_bad_nonce_is_replaced_by_that_of_its_error)
{
	unsigned left = 4;

	start();
	for (int i = 0; i < 4; i++)
		post_to("/order", REQUEST_BY_ACCOUNT, &left);
	ev_run(loop, 0);
	script->reject = 3;
	left = 1;
	post_to("/order", (enum request_signer)_i, &left);
	ev_run(loop, 0);
	ck_assert_int_eq(status, 200);
	ck_assert_uint_eq(script->posts, 8);
	ck_assert_uint_eq(script->disobeyed, 0);
	stop();
}
END_TEST

START_TEST(the_eleventh_bad_nonce_is_the_answer)
{
	start();
	script->reject = 100;
	post("/order");
	ck_assert_int_eq(status, 400);
	ck_assert_uint_eq(script->posts, 11);
	stop();
}
END_TEST

START_TEST(a_bad_nonce_without_a_new_one_costs_a_head)
{
	start();
	script->keeps_nonces = true;
	script->reject = 2;
	post("/order");
	ck_assert_int_eq(status, 200);
	ck_assert_uint_eq(script->heads, 3);
	stop();
}
END_TEST

START_TEST(a_nonce_that_a_proxy_repeats_is_noticed)
{
	start();
	script->keeps_nonces = true;
	script->head_repeats = true;
	post("/order");
	ck_assert_uint_eq(replies, 1);
	post("/order");
	ck_assert_uint_eq(failures, 1);
	ck_assert_int_eq(last_err.kind, ERROR_TRANSIENT);
	ck_assert_ptr_nonnull(strstr(last_err.text, "no new nonce"));
	ck_assert_uint_eq(script->reused, 0);
	stop();
}
END_TEST

START_TEST(a_ca_that_gives_no_nonce_for_now_says_when)
{
	unsigned left = 3;

	start();
	script->head_status = 503;
	for (int i = 0; i < 3; i++)
		post_to("/order", REQUEST_BY_ACCOUNT, &left);
	ev_run(loop, 0);
	ck_assert_uint_eq(failures, 3);
	ck_assert_int_eq(last_err.kind, ERROR_LIMITED);
	ck_assert(last_err.retry_after == 77);
	stop();
}
END_TEST

START_TEST(a_broken_connection_empties_the_pool)
{
	start();
	post("/order");
	ck_assert_uint_eq(script->heads, 1);
	post("/cut");
	ck_assert_uint_eq(failures, 1);
	ck_assert_int_eq(last_err.kind, ERROR_TRANSIENT);
	post("/order");
	ck_assert_uint_eq(replies, 2);
	ck_assert_uint_eq(script->heads, 2);
	stop();
}
END_TEST

static void refuse(struct fake_helper *from, const json_t *request)
{
	fake_helper_reply(from, request,
		json_pack("{s:{s:s,s:s,s:s}}", "error", "kind", "refused",
			"code", "", "text", "no such shape"));
}

static void mumble(struct fake_helper *from, const json_t *request)
{
	fake_helper_reply(from, request, json_pack("{s:i}", "jws", 7));
}

START_TEST(a_vault_that_does_not_sign_fails_the_call)
{
	start();
	fake.on_request = _i ? refuse : mumble;
	post("/order");
	ck_assert_uint_eq(failures, 1);
	ck_assert_int_eq(last_err.kind, _i ? ERROR_REFUSED : ERROR_LOCAL);
	ck_assert_uint_eq(script->posts, 0);
	fake.on_request = sign_by_echo;
	post("/order");
	ck_assert_uint_eq(replies, 1);
	stop();
}
END_TEST

START_TEST(without_a_directory_nothing_is_sent)
{
	start();
	exchange_free(exchange);
	start_exchange();
	post("/order");
	ck_assert_int_eq(last_err.kind, ERROR_LOCAL);
	ck_assert_uint_eq(script->posts, 0);
	stop();
}
END_TEST

START_TEST(a_cancelled_call_has_no_callback_at_any_step)
{
	unsigned left = 1;

	start();
	struct exchange_call *victim =
		post_to("/order", REQUEST_BY_ACCOUNT, NULL);
	for (int i = 0; i < _i && replies == 0; i++)
		ev_run(loop, EVRUN_ONCE);
	if (replies == 0)
		exchange_cancel(victim);
	unsigned before = replies;
	post_to("/order", REQUEST_BY_ACCOUNT, &left);
	exchange_cancel(exchange_directory(exchange, on_directory, NULL));
	ev_run(loop, 0);
	ck_assert_uint_eq(replies, before + 1);
	ck_assert_uint_eq(failures, 0);
	stop();
}
END_TEST

static void on_reply_free(
	void *data, const struct reply *reply, const struct error *err)
{
	on_reply(data, reply, err);
	exchange_free(exchange);
	exchange = NULL;
}

START_TEST(a_callback_may_free_the_exchange)
{
	struct request request = {0};
	unsigned left = 1;

	start();
	cleanup(string) char *url = text_format("%s/order", server.url);
	request_set(&request, REQUEST_BY_ACCOUNT, url, "");
	script->head_status = _i ? 500 : 0;
	exchange_post(exchange, &request, on_reply_free, &left);
	request_clear(&request);
	for (int i = 0; i < 20; i++)
		post_to("/order", REQUEST_BY_ACCOUNT, NULL);
	ev_run(loop, 0);
	ck_assert_ptr_null(exchange);
	stop();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("exchange");
	TCase *tests = tcase_create("exchange");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, a_directory_is_fetched_once_and_kept);
	tcase_add_test(tests, many_who_want_the_directory_cause_one_fetch);
	tcase_add_loop_test(tests, a_date_that_is_hours_off_is_told, 0, 3);
	tcase_add_test(tests, html_is_no_directory);
	tcase_add_loop_test(
		tests, a_missing_resource_makes_the_directory_stale, 0, 2);
	tcase_add_loop_test(tests, the_vault_is_told_all_that_it_signs, 0, 2);
	tcase_add_test(
		tests, a_post_is_jose_json_and_nothing_sends_a_nonce_header);
	tcase_add_test(tests, a_get_is_plain_and_wants_json);
	tcase_add_test(tests, the_nonce_of_an_error_is_used_too);
	tcase_add_test(tests, nonces_of_replies_are_used_for_the_next_requests);
	tcase_add_test(tests, a_hundred_requests_side_by_side_need_few_heads);
	tcase_add_test(tests, a_ca_without_nonces_in_replies_is_asked_for_each);
	tcase_add_test(tests, a_bad_nonce_is_replaced_ten_times);
	tcase_add_loop_test(tests, a_bad_nonce_is_replaced_by_that_of_its_error,
		REQUEST_BY_ACCOUNT, REQUEST_REVOCATION_BY_CERTIFICATE + 1);
	tcase_add_test(tests, the_eleventh_bad_nonce_is_the_answer);
	tcase_add_test(tests, a_bad_nonce_without_a_new_one_costs_a_head);
	tcase_add_test(tests, a_nonce_that_a_proxy_repeats_is_noticed);
	tcase_add_test(tests, a_ca_that_gives_no_nonce_for_now_says_when);
	tcase_add_test(tests, a_broken_connection_empties_the_pool);
	tcase_add_loop_test(
		tests, a_vault_that_does_not_sign_fails_the_call, 0, 2);
	tcase_add_test(tests, without_a_directory_nothing_is_sent);
	tcase_add_loop_test(
		tests, a_cancelled_call_has_no_callback_at_any_step, 0, 12);
	tcase_add_loop_test(tests, a_callback_may_free_the_exchange, 0, 2);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
