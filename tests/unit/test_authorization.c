/* SPDX-License-Identifier: MIT */
#include "authorization.h"

#include "authorization_run.h"
#include "suite.h"

START_TEST(a_presented_one_waits_for_the_others)
{
	struct authorization *authorization = present();

	ck_assert_int_eq(
		authorization_state(authorization), AUTHORIZATION_PRESENTED);
	ck_assert_str_eq(authorization_subject(authorization), "a.example");
	ck_assert_ptr_null(authorization_next(authorization));
	ck_assert(authorization_is_busy(authorization));
	authorization_answer(authorization);
	post(authorization, CHALL, 200, "{\"status\":\"pending\"}");
	post(authorization, URL, 200, "{\"status\":\"valid\"}");
	ck_assert_int_eq(
		authorization_state(authorization), AUTHORIZATION_VALID);
	ck_assert(authorization_is_busy(authorization));
	authorization_abort(authorization, false);
	expect(authorization, ORDER_WANTS_WITHDRAW);
	authorization_done(authorization, &(struct result){0});
	ck_assert(!authorization_is_busy(authorization));
	authorization_free(authorization);
}
END_TEST

START_TEST(a_wildcard_is_known_by_its_mark)
{
	struct authorization *authorization = start();

	post(authorization, URL, 200, PENDING("\"wildcard\":true,"));
	ck_assert_str_eq(authorization_subject(authorization), "*.a.example");
	ck_assert_str_eq(expect(authorization, ORDER_WANTS_PRESENT)
				 ->challenge->identifier.value,
		"*.a.example");
	authorization_free(authorization);
}
END_TEST

/* Marked and starred; or neither, where only the wildcard is in the order. */
START_TEST(a_wildcard_is_known_without_its_mark)
{
	static const char *const BODIES[] = {
		"\"value\":\"*.a.example\"},\"wildcard\":true",
		"\"value\":\"*.a.example\"}",
		"\"value\":\"b.example\"}",
	};
	struct authorization *authorization = start();
	char body[512];

	if (_i == 2)
		ck_assert(identifier_parse("*.b.example", &NAMES[1], NULL));
	snprintf(body, sizeof(body),
		"{\"status\":\"valid\",\"identifier\":{\"type\":\"dns\",%s}",
		BODIES[_i]);
	post(authorization, URL, 200, body);
	ck_assert_str_eq(authorization_subject(authorization), NAMES[1].value);
	authorization_free(authorization);
}
END_TEST

START_TEST(a_valid_one_may_be_for_a_parent_domain)
{
	struct authorization *authorization = start();

	post(authorization, URL, 200,
		"{\"status\":\"valid\",\"identifier\":{\"type\":\"dns\","
		"\"value\":\"parent.example\"}}");
	ck_assert_int_eq(
		authorization_state(authorization), AUTHORIZATION_VALID);
	ck_assert_ptr_null(authorization_next(authorization));
	authorization_free(authorization);
}
END_TEST

START_TEST(an_abort_waits_for_what_is_being_presented)
{
	struct authorization *authorization = start();

	post(authorization, URL, 200, PENDING(""));
	expect(authorization, ORDER_WANTS_PRESENT);
	authorization_abort(authorization, false);
	ck_assert_ptr_null(authorization_next(authorization));
	ck_assert(authorization_is_busy(authorization));
	authorization_done(authorization, &(struct result){0});
	expect(authorization, ORDER_WANTS_WITHDRAW);
	authorization_done(authorization, &(struct result){0});
	ck_assert(!authorization_is_busy(authorization));
	authorization_free(authorization);
}
END_TEST

START_TEST(what_was_not_presented_is_not_withdrawn)
{
	struct authorization *authorization = start();
	struct error err = {.kind = ERROR_LOCAL, .text = "no"};

	post(authorization, URL, 200, PENDING(""));
	expect(authorization, ORDER_WANTS_PRESENT);
	authorization_done(authorization, &(struct result){.err = &err});
	ck_assert_int_eq(
		authorization_state(authorization), AUTHORIZATION_STOPPED);
	ck_assert_str_eq(
		authorization_error(authorization)->text, "'a.example': no");
	authorization_abort(authorization, false);
	ck_assert_ptr_null(authorization_next(authorization));
	ck_assert(!authorization_is_busy(authorization));
	authorization_free(authorization);
}
END_TEST

START_TEST(an_abort_ends_a_pause)
{
	struct authorization *authorization = present();

	authorization_answer(authorization);
	post(authorization, CHALL, 200, "{\"status\":\"pending\"}");
	post(authorization, URL, 200, PENDING(""));
	expect(authorization, ORDER_WANTS_PAUSE);
	authorization_abort(authorization, false);
	expect(authorization, ORDER_WANTS_WITHDRAW);
	authorization_free(authorization);
}
END_TEST

START_TEST(a_challenge_that_is_decided_needs_no_pause)
{
	struct authorization *authorization = start();

	post(authorization, URL, 200, PENDING(""));
	expect(authorization, ORDER_WANTS_PRESENT);
	authorization_done(
		authorization, &(struct result){.sees_fetches = true});
	authorization_answer(authorization);
	post(authorization, CHALL, 200, "{\"status\":\"valid\"}");
	expect(authorization, ORDER_WANTS_POST);
	authorization_free(authorization);
}
END_TEST

/* The answer is sent, and its reply is lost. */
static void lose_answer(struct authorization *authorization)
{
	struct error err = {.kind = ERROR_TRANSIENT, .text = "cut"};

	expect(authorization, ORDER_WANTS_POST);
	authorization_done(authorization, &(struct result){.err = &err});
	ck_assert_int_eq(
		authorization_state(authorization), AUTHORIZATION_RUNNING);
}

START_TEST(a_lost_reply_to_an_answer_is_looked_into)
{
	struct authorization *authorization = present();

	authorization_answer(authorization);
	lose_answer(authorization);
	post(authorization, URL, 200, "{\"status\":\"valid\"}");
	ck_assert_int_eq(
		authorization_state(authorization), AUTHORIZATION_VALID);
	authorization_free(authorization);
}
END_TEST

START_TEST(an_answer_that_was_not_heard_is_given_twice)
{
	struct authorization *authorization = present();

	authorization_answer(authorization);
	lose_answer(authorization);
	post(authorization, URL, 200, PENDING(""));
	lose_answer(authorization);
	post(authorization, URL, 200, PENDING(""));
	ck_assert_int_eq(
		authorization_state(authorization), AUTHORIZATION_STOPPED);
	ck_assert_str_eq(
		authorization_error(authorization)->text, "'a.example': cut");
	authorization_free(authorization);
}
END_TEST

/* The state after the first reply. */
static const struct {
	long status;
	const char *body;
	enum authorization_state state;
} FIRST[] = {
	{200,
		"{\"status\":\"valid\",\"identifier\":{\"type\":\"dns\","
		"\"value\":\"a.example\"}}",
		AUTHORIZATION_VALID},
	{200, PENDING(""), AUTHORIZATION_RUNNING},
	{200, "{}", AUTHORIZATION_FAILED},
	{200, "<html>", AUTHORIZATION_STOPPED},
	{200, "{\"status\":\"pending\",\"identifier\":7}",
		AUTHORIZATION_FAILED},
	{200,
		"{\"status\":\"pending\",\"wildcard\":true,\"identifier\":{"
		"\"type\":\"ip\",\"value\":\"192.0.2.1\"}}",
		AUTHORIZATION_FAILED},
	{200,
		"{\"status\":\"pending\",\"identifier\":{\"type\":\"dns\","
		"\"value\":\"a.example\"},\"challenges\":[{\"type\":"
		"\"http-01\",\"status\":\"invalid\",\"error\":\"words\"}]}",
		AUTHORIZATION_FAILED},
	{404, "{\"type\":\"" ACME "malformed\"}", AUTHORIZATION_FAILED},
	{429, "{\"type\":\"" ACME "rateLimited\"}", AUTHORIZATION_STOPPED},
	{503, "busy", AUTHORIZATION_STOPPED},
};

START_TEST(the_first_reply_decides)
{
	struct authorization *authorization = start();

	post(authorization, URL, FIRST[_i].status, FIRST[_i].body);
	ck_assert_msg(authorization_state(authorization) == FIRST[_i].state,
		"%s: %s", FIRST[_i].body,
		authorization_error(authorization)->text);
	authorization_free(authorization);
	authorization_free(NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("authorization");
	TCase *tests = tcase_create("authorization");

	tcase_add_test(tests, a_presented_one_waits_for_the_others);
	tcase_add_test(tests, a_wildcard_is_known_by_its_mark);
	tcase_add_loop_test(tests, a_wildcard_is_known_without_its_mark, 0, 3);
	tcase_add_test(tests, a_valid_one_may_be_for_a_parent_domain);
	tcase_add_test(tests, an_abort_waits_for_what_is_being_presented);
	tcase_add_test(tests, what_was_not_presented_is_not_withdrawn);
	tcase_add_test(tests, an_abort_ends_a_pause);
	tcase_add_test(tests, a_challenge_that_is_decided_needs_no_pause);
	tcase_add_test(tests, a_lost_reply_to_an_answer_is_looked_into);
	tcase_add_test(tests, an_answer_that_was_not_heard_is_given_twice);
	tcase_add_loop_test(tests, the_first_reply_decides, 0,
		sizeof(FIRST) / sizeof(*FIRST));
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
