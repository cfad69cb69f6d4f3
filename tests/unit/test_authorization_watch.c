/* SPDX-License-Identifier: MIT */
#include "authorization_watch.h"

#include "authorization_run.h"
#include "suite.h"

/* What becomes of it when the answer is answered so. */
static const struct {
	long status;
	const char *answer;
	const char *look; /* or NULL: none */
	enum authorization_state state;
	const char *code;
} ANSWERS[] = {
	{429, "{\"type\":\"" ACME "rateLimited\"}", NULL, AUTHORIZATION_STOPPED,
		NULL},
	{200, "{\"status\":\"valid\"}", "{\"status\":\"valid\"}",
		AUTHORIZATION_VALID, ""},
	{200, "{\"status\":\"invalid\"}", "{\"status\":\"revoked\"}",
		AUTHORIZATION_FAILED, ""},
	{200, "{}", "{\"status\":\"expired\"}", AUTHORIZATION_FAILED, "X5"},
	{200, "{}",
		"{\"status\":\"invalid\",\"challenges\":[{\"type\":"
		"\"http-01\",\"error\":{\"type\":\"" ACME "caa\"}}]}",
		AUTHORIZATION_FAILED, "D8"},
	{200, "{}",
		"{\"status\":\"pending\",\"challenges\":[{\"type\":"
		"\"http-01\",\"status\":\"processing\",\"error\":\"no\"}]}",
		AUTHORIZATION_RUNNING, ""},
};

START_TEST(an_answer_is_answered_in_many_ways)
{
	struct authorization *authorization = present();

	authorization_answer(authorization);
	post(authorization, CHALL, ANSWERS[_i].status, ANSWERS[_i].answer);
	if (ANSWERS[_i].look)
		post(authorization, URL, 200, ANSWERS[_i].look);
	const struct error *err = authorization_error(authorization);
	ck_assert_msg(authorization_state(authorization) == ANSWERS[_i].state,
		"%d: %s", _i, err->text);
	if (ANSWERS[_i].code)
		ck_assert_str_eq(err->code, ANSWERS[_i].code);
	authorization_free(authorization);
}
END_TEST

START_TEST(a_fault_of_our_own_stops_it)
{
	struct authorization *authorization = present();
	struct error err = {.kind = ERROR_LOCAL, .text = "no clock"};

	authorization_answer(authorization);
	expect(authorization, ORDER_WANTS_POST);
	authorization_done(authorization, &(struct result){.err = &err});
	ck_assert_int_eq(
		authorization_state(authorization), AUTHORIZATION_STOPPED);
	authorization_abort(authorization, true);
	authorization_abort(authorization, true);
	expect(authorization, ORDER_WANTS_WITHDRAW);
	authorization_free(authorization);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("authorization_watch");
	TCase *tests = tcase_create("authorization_watch");

	tcase_add_loop_test(tests, an_answer_is_answered_in_many_ways, 0,
		sizeof(ANSWERS) / sizeof(*ANSWERS));
	tcase_add_test(tests, a_fault_of_our_own_stops_it);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
