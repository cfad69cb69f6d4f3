/* SPDX-License-Identifier: MIT */
#include "text.h"

#include "mem.h"
#include "suite.h"
#include "without_memory.h"

#include <check.h>

static void cleans_to(const char *bytes, size_t length, const char *expected)
{
	char out[64];

	text_clean(out, sizeof(out), bytes, length);
	ck_assert_str_eq(out, expected);
}

START_TEST(beginnings_and_ends_are_compared)
{
	ck_assert(text_starts_with("certs.d", "certs"));
	ck_assert(!text_starts_with("cert", "certs"));
	ck_assert(text_ends_with("a.conf", ".conf"));
	ck_assert(!text_ends_with("conf", ".conf"));
	ck_assert(text_ends_with("", ""));
}
END_TEST

START_TEST(a_text_grows)
{
	cleanup_text_value struct text text = {0};

	for (int i = 0; i < 1000; i++)
		text_addf(&text, "%d,", i % 10);
	ck_assert_uint_eq(text.length, 2000);
	ck_assert_uint_eq(strlen(text.data), 2000);
	ck_assert(!text.failed);
}
END_TEST

START_TEST(a_text_stops_at_its_limit_and_stays_failed)
{
	cleanup_text_value struct text text = {.limit = 4};

	text_add(&text, "1234");
	ck_assert(!text.failed);
	text_add(&text, "5");
	ck_assert(text.failed);
	text_add(&text, "");
	ck_assert(text.failed);
	ck_assert_str_eq(text.data, "1234");
	ck_assert_ptr_null(text_take(&text));
}
END_TEST

/* More than there is for anybody. */
static void grow_without_memory(void)
{
	cleanup_text_value struct text text = {.limit = SIZE_MAX};
	volatile size_t length = SIZE_MAX / 4;

	text_add_bytes(&text, "", length);
}

START_TEST(a_text_without_memory_ends_the_program)
{
	ck_assert(ends_itself(grow_without_memory));
}
END_TEST

START_TEST(an_empty_text_is_taken_as_an_empty_string)
{
	struct text text = {0};
	cleanup(string) char *taken = text_take(&text);

	ck_assert_str_eq(taken, "");
	ck_assert_ptr_null(text.data);
}
END_TEST

START_TEST(a_text_can_be_used_again_once_taken)
{
	cleanup_text_value struct text text = {.limit = 3};

	text_add(&text, "abcd");
	ck_assert_ptr_null(text_take(&text));
	text_add(&text, "abc");
	cleanup(string) char *taken = text_take(&text);
	ck_assert_str_eq(taken, "abc");
}
END_TEST

START_TEST(a_string_is_formatted)
{
	cleanup(string) char *string = text_format("%s=%d", "a", 7);

	ck_assert_str_eq(string, "a=7");
}
END_TEST

START_TEST(words_of_a_stranger_are_cleaned)
{
	cleans_to("plain", 5, "plain");
	cleans_to(" a \t\r\n b\n", 9, "a b");
	cleans_to("a\033[31mb", 7, "a?[31mb");
	cleans_to("a\0b", 3, "a?b");
	cleans_to("a\177", 2, "a?");
	cleans_to("", 0, "");
	cleans_to(" \n", 2, "");
}
END_TEST

START_TEST(only_honest_utf_8_is_kept)
{
	cleans_to("\303\274", 2, "\303\274");
	cleans_to("\360\237\224\222", 4, "\360\237\224\222");
	cleans_to("\303", 1, "?");
	cleans_to("\300\257", 2, "??");
	cleans_to("\340\200\257", 3, "???");
	cleans_to("\355\240\200", 3, "???");
	cleans_to("\364\220\200\200", 4, "????");
	cleans_to("\302\205", 2, "??");
	cleans_to("a\342\200\256b", 5, "a???b");
}
END_TEST

START_TEST(what_is_cut_ends_in_dots)
{
	char out[8];

	text_clean(out, sizeof(out), "1234567", 7);
	ck_assert_str_eq(out, "1234567");
	text_clean(out, sizeof(out), "12345678", 8);
	ck_assert_str_eq(out, "1234...");
	text_clean(out, sizeof(out), "123\303\274\303\274\303\274", 9);
	ck_assert_str_eq(out, "123...");
	text_clean(out, 3, "12345", 5);
	ck_assert_str_eq(out, "..");
	text_clean(out, 1, "12345", 5);
	ck_assert_str_eq(out, "");
	text_clean(NULL, 0, "12345", 5);
}
END_TEST

/* A token, a dot, a thumbprint: RFC 8555 section 8.1. */
#define TOKEN "LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0"
#define PRINT "9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"

START_TEST(a_key_authorization_is_not_repeated)
{
	char out[400];
	const char *words = "Expected \"" TOKEN "." PRINT "\" (got \"a\")";
	const char *jwt =
		"https://ca.test/unpause?jwt=" TOKEN "." TOKEN "." PRINT;
	const char *names = "no such host " TOKEN ".example.com";

	text_clean(out, sizeof(out), words, strlen(words));
	ck_assert_str_eq(out, "Expected \"" TOKEN ".9jg4...\" (got \"a\")");
	text_clean(out, sizeof(out), TOKEN "." PRINT, strlen(TOKEN) * 2 + 1);
	ck_assert_str_eq(out, TOKEN ".9jg4...");
	text_clean(out, sizeof(out), jwt, strlen(jwt));
	ck_assert_str_eq(out, jwt);
	text_clean(out, sizeof(out), names, strlen(names));
	ck_assert_str_eq(out, names);
}
END_TEST

START_TEST(visible_is_ascii_without_blanks)
{
	ck_assert(text_is_visible("https://a/~!"));
	ck_assert(!text_is_visible("a b"));
	ck_assert(!text_is_visible("a\n"));
	ck_assert(!text_is_visible("\303\274"));
	ck_assert(!text_is_visible("\177"));
}
END_TEST

START_TEST(near_misses_are_near)
{
	ck_assert_uint_eq(text_distance("Names", "Names"), 0);
	ck_assert_uint_eq(text_distance("RenewBefor", "RenewBefore"), 1);
	ck_assert_uint_eq(text_distance("Naems", "Names"), 1);
	ck_assert_uint_eq(text_distance("Key", "Kex"), 1);
	ck_assert_uint_eq(text_distance("", "abc"), 3);
	ck_assert_uint_eq(text_distance("abc", ""), 3);
	ck_assert_uint_eq(text_distance("kitten", "sitting"), 3);
}
END_TEST

START_TEST(long_words_are_far)
{
	char word[101] = {0};

	memset(word, 'a', 100);
	ck_assert_uint_eq(text_distance(word, "a"), 100);
	ck_assert_uint_eq(text_distance("a", word), 100);
	word[64] = '\0';
	ck_assert_uint_eq(text_distance(word, word), 0);
}
END_TEST

START_TEST(no_text_is_the_same_as_no_other_alone)
{
	ck_assert(text_same(NULL, NULL));
	ck_assert(!text_same("", NULL));
	ck_assert(!text_same(NULL, ""));
	ck_assert(!text_same("a", "b"));
	ck_assert(text_same("a", "a"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("text");
	TCase *tests = tcase_create("text");

	tcase_add_test(tests, beginnings_and_ends_are_compared);
	tcase_add_test(tests, a_text_grows);
	tcase_add_test(tests, a_text_stops_at_its_limit_and_stays_failed);
	tcase_add_test(tests, a_text_without_memory_ends_the_program);
	tcase_add_test(tests, an_empty_text_is_taken_as_an_empty_string);
	tcase_add_test(tests, a_text_can_be_used_again_once_taken);
	tcase_add_test(tests, a_string_is_formatted);
	tcase_add_test(tests, words_of_a_stranger_are_cleaned);
	tcase_add_test(tests, only_honest_utf_8_is_kept);
	tcase_add_test(tests, what_is_cut_ends_in_dots);
	tcase_add_test(tests, a_key_authorization_is_not_repeated);
	tcase_add_test(tests, visible_is_ascii_without_blanks);
	tcase_add_test(tests, near_misses_are_near);
	tcase_add_test(tests, long_words_are_far);
	tcase_add_test(tests, no_text_is_the_same_as_no_other_alone);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
