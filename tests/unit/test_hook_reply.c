/* SPDX-License-Identifier: MIT */
#include "hook_reply.h"

#include "mem.h"
#include "suite.h"

#include <check.h>
#undef fail

static bool read_reply(const char *text, struct error *err)
{
	struct text reply cleanup_text_value = {.limit = HOOK_REPLY_MAX};

	text_add(&reply, text);
	return hook_reply_read("/bin/hook", &reply, err);
}

START_TEST(a_hook_says_that_it_is_done)
{
	struct error err = {0};

	ck_assert(read_reply("{\"status\": \"ok\"}\n", &err));
}
END_TEST

START_TEST(a_hook_names_a_time)
{
	struct error err = {0};

	ck_assert(!read_reply("{\"status\": \"error\", \"message\": \"later\","
			      "\"retry_after\": 1e300}",
		&err));
	ck_assert_str_eq(err.code, "D9");
	ck_assert_str_eq(err.text, "'/bin/hook' says: later");
	ck_assert_double_eq(err.retry_after, 7 * 86400.0);
	ck_assert(!read_reply(
		"{\"status\": \"error\", \"retry_after\": -1}", &err));
	ck_assert_double_eq(err.retry_after, 0);
}
END_TEST

START_TEST(nonsense_is_named_as_such)
{
	struct error err = {0};

	ck_assert(!read_reply("", &err));
	ck_assert(!read_reply("done\x1b[2J", &err));
	ck_assert_str_eq(err.code, "E5");
}
END_TEST

START_TEST(words_lose_the_blanks_around_them)
{
	struct text reply cleanup_text_value = {0};
	cleanup(string) char *nothing = hook_reply_words(&reply);

	ck_assert_str_eq(nothing, "");
	text_add(&reply, " \t two words\r\n");
	cleanup(string) char *words = hook_reply_words(&reply);
	ck_assert_str_eq(words, "two words");
	text_add_bytes(&reply, "\0x", 2);
	ck_assert_ptr_null(hook_reply_words(&reply));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hook_reply");
	TCase *tests = tcase_create("hook_reply");

	tcase_add_test(tests, a_hook_says_that_it_is_done);
	tcase_add_test(tests, a_hook_names_a_time);
	tcase_add_test(tests, nonsense_is_named_as_such);
	tcase_add_test(tests, words_lose_the_blanks_around_them);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
