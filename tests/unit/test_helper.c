/* SPDX-License-Identifier: MIT */
#include "helper.h"

#include "fake_helper.h"
#include "message.h"
#include "suite.h"
#include "text.h"

#include <check.h>

static struct ev_loop *loop;
static struct fake_helper fake;
static struct helper *helper;

/* What the callbacks saw. */
static unsigned replies;
static unsigned failures;
static unsigned ends;
static struct error last_err;
static json_int_t last_number;

static void on_end(void *data, const struct error *err)
{
	ck_assert_ptr_eq(data, &fake);
	last_err = *err;
	ends++;
	ev_break(loop, EVBREAK_ALL);
}

static void on_reply(void *data, const json_t *reply, const struct error *err)
{
	ck_assert((reply == NULL) != (err == NULL));
	if (err) {
		last_err = *err;
		failures++;
	} else {
		last_number =
			json_integer_value(json_object_get(reply, "number"));
		replies++;
	}
	if (data && --*(unsigned *)data == 0)
		ev_break(loop, EVBREAK_ALL);
}

static void on_reply_free(
	void *data, const json_t *reply, const struct error *err)
{
	on_reply(data, reply, err);
	helper_free(helper);
	helper = NULL;
}

static void echo(struct fake_helper *from, const json_t *request)
{
	fake_helper_reply(from, request,
		json_pack(
			"{s:O}", "number", json_object_get(request, "number")));
}

static void start(void (*on_request)(struct fake_helper *, const json_t *))
{
	struct error err;

	replies = failures = ends = 0;
	loop = ev_loop_new(EVFLAG_NOENV);
	fake = (struct fake_helper){.on_request = on_request};
	fake_helper_start(&fake, loop, "vault");
	helper = helper_new(loop, "vault", on_end, &fake, &err);
	ck_assert_ptr_nonnull(helper);
}

static void stop(void)
{
	helper_free(helper);
	fake_helper_stop(&fake);
	ev_loop_destroy(loop);
}

static struct helper_call *ask(int number, double deadline, unsigned *left)
{
	json_t *request =
		json_pack("{s:s,s:i}", "verb", "echo", "number", number);

	return helper_call(helper, request, deadline, on_reply, left);
}

START_TEST(a_call_gets_its_reply_from_the_loop)
{
	unsigned left = 1;

	start(echo);
	ask(42, 5, &left);
	ck_assert_uint_eq(replies, 0);
	ev_run(loop, 0);
	ck_assert_uint_eq(replies, 1);
	ck_assert_int_eq(last_number, 42);
	stop();
}
END_TEST

START_TEST(a_thousand_calls_are_queued_and_answered)
{
	unsigned left = 1000;

	start(echo);
	for (int i = 0; i < 1000; i++)
		ask(i, 5, &left);
	ev_run(loop, 0);
	ck_assert_uint_eq(replies, 1000);
	ck_assert_int_eq(last_number, 999);
	stop();
}
END_TEST

static void break_at_the_limit(struct fake_helper *from, const json_t *request)
{
	(void)request;
	if (from->packets == HELPER_OUTSTANDING)
		ev_break(loop, EVBREAK_ALL);
}

START_TEST(no_more_than_the_limit_is_out)
{
	start(break_at_the_limit);
	for (int i = 0; i < 200; i++)
		ask(i, 5, NULL);
	ev_run(loop, 0);
	for (int i = 0; i < 10; i++)
		ev_run(loop, EVRUN_NOWAIT);
	ck_assert_uint_eq(fake.packets, HELPER_OUTSTANDING);
	stop();
}
END_TEST

static json_t *kept;

static void keep_the_first(struct fake_helper *from, const json_t *request)
{
	if (!kept) {
		kept = json_deep_copy(request);
		return;
	}
	echo(from, request);
	echo(from, kept);
	json_decref(kept);
}

START_TEST(replies_may_come_in_another_order)
{
	unsigned left = 2;

	start(keep_the_first);
	ask(1, 5, &left);
	ask(2, 5, &left);
	ev_run(loop, 0);
	ck_assert_uint_eq(replies, 2);
	ck_assert_int_eq(last_number, 1);
	stop();
}
END_TEST

static void refuse(struct fake_helper *from, const json_t *request)
{
	struct error err;

	fail_cause(&err, ERROR_REFUSED, "L1", "no room");
	fake_helper_reply(from, request, message_error(request, &err));
}

START_TEST(an_error_of_the_helper_is_the_error_of_the_call)
{
	unsigned left = 1;

	start(refuse);
	ask(1, 5, &left);
	ev_run(loop, 0);
	ck_assert_uint_eq(failures, 1);
	ck_assert_int_eq(last_err.kind, ERROR_REFUSED);
	ck_assert_str_eq(last_err.code, "L1");
	ck_assert_str_eq(last_err.text, "no room");
	ck_assert_uint_eq(ends, 0);
	stop();
}
END_TEST

static void hang_up(struct fake_helper *from, const json_t *request)
{
	(void)request;
	fake_helper_hang_up(from);
}

START_TEST(a_helper_that_dies_fails_every_call_and_then_ends)
{
	start(hang_up);
	for (int i = 0; i < 100; i++)
		ask(i, 5, NULL);
	ev_run(loop, 0);
	ck_assert_uint_eq(failures, 100);
	ck_assert_uint_eq(ends, 1);
	ck_assert_int_eq(last_err.kind, ERROR_LOCAL);
	ck_assert_str_eq(last_err.code, "M9");

	unsigned left = 1;
	ask(1, 5, &left);
	ck_assert_uint_eq(failures, 100);
	ev_run(loop, 0);
	ck_assert_uint_eq(failures, 101);
	ck_assert_uint_eq(ends, 1);
	stop();
}
END_TEST

static const char *const NONSENSE[] = {
	"hello",
	"[]",
	"7",
	"{}",
	"{\"id\": 7, \"number\": 1}",
	"{\"id\": \"1\"}",
	"{\"id\": 1.0}",
	"{\"id\": -1}",
	"{\"id\": 1",
	"{\"id\": 99999999999999999999}",
};

static void answer_nonsense(struct fake_helper *from, const json_t *request)
{
	(void)request;
	fake_helper_send(from, from->data, strlen(from->data));
}

START_TEST(nonsense_ends_the_conversation)
{
	start(answer_nonsense);
	fake.data = (char *)(uintptr_t)NONSENSE[_i];
	ask(1, 5, NULL);
	ev_run(loop, 0);
	ck_assert_uint_eq(failures, 1);
	ck_assert_uint_eq(ends, 1);
	ck_assert_ptr_nonnull(strstr(last_err.text, "nonsense"));
	stop();
}
END_TEST

static void answer_too_much(struct fake_helper *from, const json_t *request)
{
	static char bytes[MESSAGE_MAX + 1];

	(void)request;
	memset(bytes, ' ', sizeof(bytes));
	fake_helper_send(from, bytes, sizeof(bytes));
}

START_TEST(a_packet_that_is_too_long_ends_the_conversation)
{
	start(answer_too_much);
	ask(1, 5, NULL);
	ev_run(loop, 0);
	ck_assert_uint_eq(ends, 1);
	ck_assert_ptr_nonnull(strstr(last_err.text, "too long"));
	stop();
}
END_TEST

START_TEST(a_request_that_is_too_long_fails_alone)
{
	unsigned left = 1;
	static char big[MESSAGE_MAX];

	start(echo);
	memset(big, 'x', sizeof(big) - 1);
	helper_call(
		helper, json_pack("{s:s}", "text", big), 5, on_reply, &left);
	ev_run(loop, 0);
	ck_assert_uint_eq(failures, 1);
	left = 1;
	ask(1, 5, &left);
	ev_run(loop, 0);
	ck_assert_uint_eq(replies, 1);
	ck_assert_uint_eq(ends, 0);
	stop();
}
END_TEST

START_TEST(a_helper_that_does_not_answer_is_hanging)
{
	start(NULL);
	ask(1, 0.05, NULL);
	ask(2, 60, NULL);
	ev_run(loop, 0);
	ck_assert_uint_eq(failures, 2);
	ck_assert_uint_eq(ends, 1);
	ck_assert_ptr_nonnull(strstr(last_err.text, "within 0.05 s"));
	stop();
}
END_TEST

START_TEST(a_cancelled_call_has_no_callback)
{
	unsigned left = 1;

	start(echo);
	struct helper_call *sent = ask(1, 5, NULL);
	helper_cancel(sent);
	ask(2, 5, &left);
	ev_run(loop, 0);
	ck_assert_uint_eq(replies, 1);
	ck_assert_int_eq(last_number, 2);
	ck_assert_uint_eq(ends, 0);
	stop();
}
END_TEST

START_TEST(a_callback_may_free_the_helper)
{
	unsigned left = 1;

	start(_i ? hang_up : echo);
	helper_call(helper, json_pack("{s:i}", "number", 1), 5, on_reply_free,
		&left);
	ask(2, 5, NULL);
	ev_run(loop, 0);
	ck_assert_ptr_null(helper);
	ck_assert_uint_eq(replies + failures, 1);
	stop();
}
END_TEST

START_TEST(a_full_backlog_is_waited_for)
{
	struct helper *others[16];
	struct error err;
	unsigned left = 1;

	start(echo);
	for (int i = 0; i < 16; i++) {
		others[i] = helper_new(loop, "vault", on_end, &fake, &err);
		ck_assert_ptr_nonnull(others[i]);
	}
	ask(1, 5, &left);
	helper_call(others[15], json_pack("{s:i}", "number", 2), 5, on_reply,
		&left);
	ev_run(loop, 0);
	left++;
	ev_run(loop, 0);
	ck_assert_uint_eq(replies, 2);
	for (int i = 0; i < 16; i++)
		helper_free(others[i]);
	stop();
}
END_TEST

START_TEST(a_missing_socket_is_named)
{
	struct error err;

	start(echo);
	ck_assert_ptr_null(helper_new(loop, "hand", on_end, NULL, &err));
	ck_assert_int_eq(err.kind, ERROR_LOCAL);
	ck_assert_ptr_nonnull(strstr(err.text, "/run-sockets/hand'"));
	stop();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("helper");
	TCase *tests = tcase_create("helper");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, a_call_gets_its_reply_from_the_loop);
	tcase_add_test(tests, a_thousand_calls_are_queued_and_answered);
	tcase_add_test(tests, no_more_than_the_limit_is_out);
	tcase_add_test(tests, replies_may_come_in_another_order);
	tcase_add_test(tests, an_error_of_the_helper_is_the_error_of_the_call);
	tcase_add_test(
		tests, a_helper_that_dies_fails_every_call_and_then_ends);
	tcase_add_loop_test(tests, nonsense_ends_the_conversation, 0,
		sizeof(NONSENSE) / sizeof(*NONSENSE));
	tcase_add_test(tests, a_packet_that_is_too_long_ends_the_conversation);
	tcase_add_test(tests, a_request_that_is_too_long_fails_alone);
	tcase_add_test(tests, a_helper_that_does_not_answer_is_hanging);
	tcase_add_test(tests, a_cancelled_call_has_no_callback);
	tcase_add_loop_test(tests, a_callback_may_free_the_helper, 0, 2);
	tcase_add_test(tests, a_full_backlog_is_waited_for);
	tcase_add_test(tests, a_missing_socket_is_named);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
