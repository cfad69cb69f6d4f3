/* SPDX-License-Identifier: MIT */
#include "sending.h"

#include "http_run.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static struct http_run run;
static char file[64];
static struct error last;
static bool is_sent;

static const struct telling_message MESSAGE = {
	.kind = TELLING_NEWS,
	.level = ALERT_WARNING,
	.subject = (char *)"a subject",
	.text = (char *)"a text\n",
};

static bool answer(struct canned_peer *peer,
	const struct canned_request *request, void *data)
{
	(void)data;
	snprintf(run.server.shared->scratch, sizeof(run.server.shared->scratch),
		"%s %s\n%s%s", request->method, request->path, request->headers,
		request->body);
	canned_reply(peer, streq(request->path, "/no") ? 403 : 200,
		streq(request->path, "/no") ? "Location: /yes\r\n" : "",
		"words\x1b");
	return true;
}

static void on_end(void *data, const struct error *err)
{
	(void)data;
	is_sent = !err;
	last = err ? *err : (struct error){0};
	ev_break(run.loop, EVBREAK_ALL);
}

static void write_file(const char *path, const char *more, mode_t mode)
{
	FILE *out = fopen(file, "w");

	ck_assert_ptr_nonnull(out);
	fprintf(out, "%s%s\nTrustFile=%s\n%s", run.server.url, path,
		run.server.trust_file, more);
	fclose(out);
	ck_assert_int_eq(chmod(file, mode), 0);
}

static struct sending *start(void)
{
	return sending_start(&(struct sending_wish){
		.loop = run.loop,
		.http = run.http,
		.url_file = file,
		.host = "www",
		.message = &MESSAGE,
		.on_end = on_end,
	});
}

static void set_up(void)
{
	snprintf(file, sizeof(file), "/tmp/acmed-sending.%d", (int)getpid());
	http_run_start(&run, answer);
}

static void tear_down(void)
{
	unlink(file);
	http_run_stop(&run);
}

START_TEST(a_message_is_posted_as_json)
{
	const char *seen;

	write_file("/hook?a=SECRET", "Token=TOKEN\n", 0600);
	start();
	ev_run(run.loop, 0);
	ck_assert_msg(is_sent, "%s", last.text);
	seen = run.server.shared->scratch;
	ck_assert_ptr_nonnull(strstr(seen, "POST /hook?a=SECRET\n"));
	ck_assert_ptr_nonnull(strstr(seen, "Authorization: Bearer TOKEN\r\n"));
	ck_assert_ptr_nonnull(
		strstr(seen, "Content-Type: application/json\r\n"));
	ck_assert_ptr_nonnull(strstr(seen, "\"subject\":\"a subject\""));
}
END_TEST

START_TEST(an_answer_that_is_not_2xx_is_a_failure)
{
	write_file("/no", "", 0600);
	start();
	ev_run(run.loop, 0);
	ck_assert(!is_sent);
	ck_assert_str_eq(last.text, "'127.0.0.1' answered 403: words?");
	ck_assert_str_eq(last.code, "M7");
	ck_assert_uint_eq(run.server.shared->requests, 1);
}
END_TEST

START_TEST(a_file_that_others_read_is_refused)
{
	write_file("/hook", "", 0644);
	start();
	ev_run(run.loop, 0);
	ck_assert(!is_sent);
	ck_assert_ptr_nonnull(strstr(last.text, "others can read"));
}
END_TEST

START_TEST(no_error_has_the_secret)
{
	write_file("/SECRET", "Shape=SECRET\n", 0600);
	start();
	ev_run(run.loop, 0);
	ck_assert_ptr_null(strstr(last.text, "SECRET"));
	ck_assert_ptr_nonnull(strstr(last.text, file));
	write_file("/SECRET", "", 0600);
	canned_stop(&run.server);
	start();
	ev_run(run.loop, 0);
	ck_assert(!is_sent);
	ck_assert_ptr_null(strstr(last.text, "SECRET"));
	canned_start(&run.server);
}
END_TEST

START_TEST(a_sending_can_be_cancelled)
{
	write_file("/hook", "", 0600);
	sending_cancel(start());
	sending_cancel(NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sending");
	TCase *urls = tcase_create("urls");

	tcase_add_checked_fixture(urls, set_up, tear_down);
	tcase_add_test(urls, a_message_is_posted_as_json);
	tcase_add_test(urls, an_answer_that_is_not_2xx_is_a_failure);
	tcase_add_test(urls, a_file_that_others_read_is_refused);
	tcase_add_test(urls, no_error_has_the_secret);
	tcase_add_test(urls, a_sending_can_be_cancelled);
	suite_add_tcase(suite, urls);
	return suite_run(suite);
}
