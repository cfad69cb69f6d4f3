/* SPDX-License-Identifier: MIT */
#include "nonce_source.h"

#include "http_run.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>

static struct http_run run;
static struct nonce_source source;
static unsigned fetched;
static unsigned refused;
static long last_status;
static struct error last;

static void on_fetched(void *data, long status, const struct error *err)
{
	unsigned *left = data;

	fetched++;
	refused += err != NULL;
	last_status = status;
	last = err ? *err : (struct error){0};
	if (--*left == 0)
		ev_break(run.loop, EVBREAK_ALL);
}

/* A new one each time. */
static bool give_nonce(struct canned_peer *peer,
	const struct canned_request *request, void *data)
{
	char header[64];

	(void)data;
	ck_assert_str_eq(request->method, "HEAD");
	snprintf(header, sizeof(header), "Replay-Nonce: nonce%u\r\n",
		request->number);
	canned_reply(peer, 200, header, "");
	return true;
}

/* As through a cache. */
static bool repeat_nonce(struct canned_peer *peer,
	const struct canned_request *request, void *data)
{
	(void)request;
	(void)data;
	canned_reply(peer, 200, "Replay-Nonce: again\r\n", "");
	return true;
}

static bool refuse(struct canned_peer *peer,
	const struct canned_request *request, void *data)
{
	(void)request;
	(void)data;
	canned_reply(peer, 503, "Retry-After: 77\r\n", "");
	return true;
}

static bool hang_up(struct canned_peer *peer,
	const struct canned_request *request, void *data)
{
	(void)peer;
	(void)request;
	(void)data;
	return false;
}

static void set_up(void)
{
	fetched = refused = 0;
	last_status = -1;
	last = (struct error){0};
}

static void tear_down(void)
{
	nonce_source_clear(&source);
	http_run_stop(&run);
}

static void start(bool (*answer)(
	struct canned_peer *, const struct canned_request *, void *))
{
	http_run_start(&run, answer);
	source = (struct nonce_source){
		.http = run.http,
		.head.trust_file = run.server.trust_file,
		.on_fetched = on_fetched,
	};
}

static void fetch(unsigned count)
{
	unsigned left = count;

	source.data = &left;
	ck_assert_uint_eq(
		nonce_source_fetch(&source, run.server.url, count), count);
	ev_run(run.loop, 0);
}

START_TEST(a_head_gives_a_nonce_for_one_request)
{
	start(give_nonce);
	fetch(1);
	ck_assert_int_eq(last_status, 200);
	cleanup(string) char *nonce = nonce_source_take(&source);
	ck_assert_str_eq(nonce, "nonce1");
	ck_assert_ptr_null(nonce_source_take(&source));
}
END_TEST

START_TEST(at_most_four_are_fetched_at_a_time)
{
	unsigned left = 4;

	start(give_nonce);
	source.data = &left;
	ck_assert_uint_eq(nonce_source_fetch(&source, run.server.url, 100), 4);
	ck_assert_uint_eq(nonce_source_fetch(&source, run.server.url, 1), 4);
	ev_run(run.loop, 0);
	ck_assert_uint_eq(fetched, 4);
	ck_assert_uint_eq(run.server.shared->requests, 4);
}
END_TEST

START_TEST(a_cache_that_repeats_a_nonce_is_noticed)
{
	start(repeat_nonce);
	fetch(1);
	cleanup(string) char *nonce = nonce_source_take(&source);
	ck_assert_str_eq(nonce, "again");
	fetch(1);
	fetch(1);
	ck_assert_uint_eq(refused, 0);
	ck_assert_ptr_null(nonce_source_take(&source));
	fetch(1);
	ck_assert_uint_eq(refused, 1);
	ck_assert_str_eq(last.code, "K8");
	ck_assert_ptr_nonnull(strstr(last.text, "cached"));
}
END_TEST

START_TEST(a_refusal_is_told_with_its_time)
{
	start(refuse);
	fetch(1);
	ck_assert_int_eq(last_status, 503);
	ck_assert(last.retry_after == 77);
	ck_assert_ptr_nonnull(strstr(last.text, "newNonce"));
}
END_TEST

START_TEST(a_broken_connection_makes_what_is_kept_doubtful)
{
	static const struct http_header headers[] = {
		{.name = "replay-nonce", .value = "kept"}};
	struct http_reply reply = {.status = 200,
		.body = "",
		.headers = headers,
		.header_count = 1};

	start(hang_up);
	nonce_source_offer(&source, &reply);
	fetch(1);
	ck_assert_int_eq(last_status, 0);
	ck_assert_uint_eq(refused, 1);
	ck_assert_ptr_null(nonce_source_take(&source));
}
END_TEST

START_TEST(the_nonce_of_a_reply_is_taken_or_kept_but_once)
{
	static const struct http_header headers[] = {
		{.name = "replay-nonce", .value = "only"}};
	struct http_reply reply = {.status = 400,
		.body = "",
		.headers = headers,
		.header_count = 1};

	start(give_nonce);
	cleanup(string) char *nonce = nonce_source_take_from(&source, &reply);
	ck_assert_str_eq(nonce, "only");
	ck_assert_ptr_null(nonce_source_take_from(&source, &reply));
	nonce_source_offer(&source, &reply);
	ck_assert_ptr_null(nonce_source_take(&source));
}
END_TEST

START_TEST(who_clears_it_is_not_told)
{
	unsigned left = 1;

	start(give_nonce);
	source.data = &left;
	nonce_source_fetch(&source, run.server.url, 2);
	nonce_source_clear(&source);
	ck_assert_uint_eq(fetched, 0);
	fetch(1);
	ck_assert_uint_eq(fetched, 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("nonce_source");
	TCase *tests = tcase_create("nonce_source");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, a_head_gives_a_nonce_for_one_request);
	tcase_add_test(tests, at_most_four_are_fetched_at_a_time);
	tcase_add_test(tests, a_cache_that_repeats_a_nonce_is_noticed);
	tcase_add_test(tests, a_refusal_is_told_with_its_time);
	tcase_add_test(tests, a_broken_connection_makes_what_is_kept_doubtful);
	tcase_add_test(tests, the_nonce_of_a_reply_is_taken_or_kept_but_once);
	tcase_add_test(tests, who_clears_it_is_not_told);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
