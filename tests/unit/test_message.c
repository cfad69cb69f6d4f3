/* SPDX-License-Identifier: MIT */
#include "message.h"

#include "json.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail
#include <sys/socket.h>
#include <unistd.h>

static int pair[2];

static void open_pair(void)
{
	ck_assert_int_eq(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
}

static void close_pair(void)
{
	close(pair[0]);
	if (pair[1] >= 0)
		close(pair[1]);
}

static void write_raw(const void *bytes, size_t length)
{
	ck_assert_int_eq(send(pair[1], bytes, length, 0), (int)length);
}

static void refuses(const char *word)
{
	struct error err = {0};

	ck_assert_ptr_null(message_receive(pair[0], &err));
	ck_assert_int_eq(err.kind, ERROR_LOCAL);
	ck_assert_ptr_nonnull(strstr(err.text, word));
}

START_TEST(what_is_sent_arrives)
{
	cleanup(json) json_t *sent = json_pack("{s:i, s:s}", "id", 7, "a", "b");
	struct error err;

	ck_assert(message_send(pair[1], sent, &err));
	cleanup(json) json_t *received = message_receive(pair[0], &err);
	ck_assert(json_equal(sent, received));
}
END_TEST

static json_t *message_of(size_t length)
{
	cleanup(string) char *filler = malloc(length);

	ck_assert_ptr_nonnull(filler);
	memset(filler, 'x', length);
	return json_pack(
		"{s:s#}", "a", filler, (int)(length - strlen("{'a':''}")));
}

START_TEST(the_largest_message_arrives)
{
	cleanup(json) json_t *sent = message_of(MESSAGE_MAX);
	struct error err;

	ck_assert_msg(message_send(pair[1], sent, &err), "%s", err.text);
	cleanup(json) json_t *received = message_receive(pair[0], &err);
	ck_assert(json_equal(sent, received));
}
END_TEST

START_TEST(a_byte_more_is_not_sent)
{
	cleanup(json) json_t *value = message_of(MESSAGE_MAX + 1);
	struct error err = {0};

	ck_assert(!message_send(pair[1], value, &err));
	ck_assert_int_eq(err.kind, ERROR_LOCAL);
}
END_TEST

START_TEST(a_cut_packet_is_an_error)
{
	cleanup(bytes) unsigned char *bytes = malloc(MESSAGE_MAX + 1);

	ck_assert_ptr_nonnull(bytes);
	memset(bytes, ' ', MESSAGE_MAX + 1);
	memcpy(bytes, "{}", 2);
	write_raw(bytes, MESSAGE_MAX + 1);
	refuses("limit");
}
END_TEST

START_TEST(nonsense_is_an_error)
{
	write_raw("hello", 5);
	refuses("message");
	write_raw("[1]", 3);
	refuses("no JSON object");
	write_raw("{\"a\":1,\"a\":2}", 13);
	refuses("message");
	write_raw("{\"a\":\"\xff\"}", 9);
	refuses("message");
	write_raw("{}\0", 3);
	refuses("message");
}
END_TEST

START_TEST(a_deep_message_is_an_error)
{
	struct text text = {0};

	text_add(&text, "{\"a\":");
	for (int i = 0; i < 1000; i++)
		text_add(&text, "[");
	write_raw(text.data, text.length);
	text_clear(&text);
	refuses("message");
}
END_TEST

START_TEST(the_end_of_file_is_no_error)
{
	struct error err = {.kind = ERROR_REFUSED};

	close(pair[1]);
	pair[1] = -1;
	ck_assert_ptr_null(message_receive(pair[0], &err));
	ck_assert_int_eq(err.kind, ERROR_NONE);
}
END_TEST

START_TEST(sending_to_nobody_is_an_error_and_no_signal)
{
	cleanup(json) json_t *value = json_object();
	struct error err = {0};

	close(pair[1]);
	pair[1] = -1;
	ck_assert(!message_send(pair[0], value, &err));
	ck_assert_int_eq(err.kind, ERROR_LOCAL);
}
END_TEST

START_TEST(an_error_travels_whole)
{
	cleanup(json) json_t *request = json_pack("{s:i}", "id", 9);
	struct error sent = {.retry_after = 2.5}, received = {0};

	fail_cause(&sent, ERROR_LIMITED, "R3", "the CA says '%s'", "later");
	sent.retry_after = 2.5;
	cleanup(json) json_t *reply = message_error(request, &sent);
	ck_assert_int_eq(member_integer_or(reply, "id", 0), 9);
	ck_assert(message_is_error(reply, &received));
	ck_assert_int_eq(received.kind, ERROR_LIMITED);
	ck_assert_str_eq(received.code, "R3");
	ck_assert_str_eq(received.text, "the CA says 'later'");
	ck_assert(received.retry_after > 2.4 && received.retry_after < 2.6);
}
END_TEST

START_TEST(an_error_without_a_request_has_no_id)
{
	struct error err;

	fail(&err, ERROR_LOCAL, "x");
	cleanup(json) json_t *reply = message_error(NULL, &err);
	ck_assert_ptr_nonnull(json_object_get(reply, "error"));
	ck_assert_ptr_null(json_object_get(reply, "id"));
}
END_TEST

START_TEST(an_odd_error_is_local)
{
	cleanup(json) json_t *reply =
		json_pack("{s:{s:s}}", "error", "kind", "odd");
	cleanup(json) json_t *bare = json_pack("{s:i}", "error", 1);
	cleanup(json) json_t *fine = json_pack("{s:i}", "id", 1);
	struct error err = {0};

	ck_assert(message_is_error(reply, &err));
	ck_assert_int_eq(err.kind, ERROR_LOCAL);
	ck_assert(message_is_error(bare, &err));
	ck_assert(!message_is_error(fine, &err));
}
END_TEST

START_TEST(an_absurd_error_is_one_that_can_be_passed_on)
{
	cleanup(json) json_t *reply =
		json_pack("{s:{s:s, s:s, s:f}}", "error", "kind", "limited",
			"code", "L\xc3\xa4\xc3\xb6", "retry_after", 1e300);
	struct error err = {0};

	ck_assert(message_is_error(reply, &err));
	ck_assert_double_eq(err.retry_after, 7 * 86400.0);
	cleanup(json) json_t *passed_on = message_error(reply, &err);
	ck_assert_ptr_nonnull(passed_on);
	json_object_set_new(
		json_object_get(reply, "error"), "retry_after", json_real(-5));
	ck_assert(message_is_error(reply, &err));
	ck_assert_double_eq(err.retry_after, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("message");
	TCase *tests = tcase_create("message");

	tcase_add_checked_fixture(tests, open_pair, close_pair);
	tcase_add_test(tests, what_is_sent_arrives);
	tcase_add_test(tests, the_largest_message_arrives);
	tcase_add_test(tests, a_byte_more_is_not_sent);
	tcase_add_test(tests, a_cut_packet_is_an_error);
	tcase_add_test(tests, nonsense_is_an_error);
	tcase_add_test(tests, a_deep_message_is_an_error);
	tcase_add_test(tests, the_end_of_file_is_no_error);
	tcase_add_test(tests, sending_to_nobody_is_an_error_and_no_signal);
	tcase_add_test(tests, an_error_travels_whole);
	tcase_add_test(tests, an_error_without_a_request_has_no_id);
	tcase_add_test(tests, an_odd_error_is_local);
	tcase_add_test(tests, an_absurd_error_is_one_that_can_be_passed_on);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
