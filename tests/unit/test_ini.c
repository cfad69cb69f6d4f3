/* SPDX-License-Identifier: MIT */
#include "ini.h"

#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdlib.h>

/* Everything that was read, one thing a line. */
static struct text seen;

static void on_line(void *data, const struct ini_line *line)
{
	ck_assert_ptr_eq(data, &seen);
	text_addf(&seen, "%u [%s", line->number, line->section);
	text_addf(&seen, "%s%s]", *line->argument ? " " : "", line->argument);
	if (line->key)
		text_addf(&seen, " %s=%s", line->key, line->value);
	text_add(&seen, "\n");
}

static void on_mistake(void *data, unsigned number, const char *message)
{
	ck_assert_ptr_eq(data, &seen);
	text_addf(&seen, "%u: %s\n", number, message);
}

static void check_bytes(const char *bytes, size_t length, const char *wanted)
{
	/* On the heap and without a NUL: a sanitizer sees a byte too much. */
	char *copy = malloc(length + 1);

	ck_assert_ptr_nonnull(copy);
	copy = realloc(copy, length ? length : 1);
	memcpy(copy, bytes, length);
	ini_read(copy, length, on_line, on_mistake, &seen);
	free(copy);
	ck_assert_str_eq(seen.data ? seen.data : "", wanted);
	text_clear(&seen);
}

static void check_text(const char *text, const char *wanted)
{
	check_bytes(text, strlen(text), wanted);
}

START_TEST(sections_keys_and_values_are_trimmed)
{
	check_text("[Certificate]\n Names = a.example  b.example \t\n\n"
		   "[ CA  lets encrypt ]\nDirectory=https://ca/?a=b\nEmpty=\n",
		"1 [Certificate]\n"
		"2 [Certificate] Names=a.example  b.example\n"
		"4 [CA lets encrypt]\n"
		"5 [CA lets encrypt] Directory=https://ca/?a=b\n"
		"6 [CA lets encrypt] Empty=\n");
}
END_TEST

START_TEST(comments_stand_on_lines_of_their_own)
{
	check_text("# one\n  ; two\n[A]\nKey=x # no comment\n#last",
		"3 [A]\n4 [A] Key=x # no comment\n");
}
END_TEST

START_TEST(a_backslash_joins_lines_by_a_blank)
{
	check_text("[A]\nKey=one\\\n  two\\\n# between\nthree\nNext=1\n",
		"1 [A]\n2 [A] Key=one   two three\n6 [A] Next=1\n");
	check_text("[A]\nKey=one\\", "1 [A]\n2 [A] Key=one\n");
}
END_TEST

START_TEST(lines_of_other_systems_are_read)
{
	check_text("\xef\xbb\xbf[A]\r\nKey=x\\\r\ny\r\n",
		"1 [A]\n2 [A] Key=x y\n");
}
END_TEST

START_TEST(what_cannot_be_read_is_told_by_its_line)
{
	check_text("Key=x\n[A]\nnonsense\n=value\nKey=y\n",
		"1: a key before the first section\n2 [A]\n"
		"3: neither a section nor 'Key=value'\n"
		"4: a value without a key\n5 [A] Key=y\n");
}
END_TEST

START_TEST(behind_a_broken_section_nothing_is_said)
{
	check_text("[A\nKey=1\nrubbish\n[]\nKey=2\n[B] x\nKey=3\n[C]\nKey=4\n",
		"1: a section is '[Name]' or '[Name argument]'\n"
		"4: a section without a name\n"
		"6: a section is '[Name]' or '[Name argument]'\n"
		"8 [C]\n9 [C] Key=4\n");
}
END_TEST

START_TEST(what_nobody_can_see_is_refused)
{
	static const char nul[] = "[A]\nKey=a\0b\nNext=1\n";

	check_bytes(nul, sizeof(nul) - 1,
		"1 [A]\n2: not UTF-8, or an invisible character\n"
		"3 [A] Next=1\n");
	check_text("[A]\nK=\x1b[1m\nK=a\rb\nK=\xff\nK=\xe2\x80\xae\n"
		   "K=\xc0\xaf\nK=\xc3\xa9\tx\n",
		"1 [A]\n2: not UTF-8, or an invisible character\n"
		"3: not UTF-8, or an invisible character\n"
		"4: not UTF-8, or an invisible character\n"
		"5: not UTF-8, or an invisible character\n"
		"6: not UTF-8, or an invisible character\n"
		"7 [A] K=\xc3\xa9\tx\n");
	check_text("[A]\nK=a\r\\\nb\nL=\\\rc\n",
		"1 [A]\n2: not UTF-8, or an invisible character\n"
		"4: not UTF-8, or an invisible character\n");
}
END_TEST

START_TEST(a_line_has_its_limit)
{
	size_t length = INI_LINE_MAX + 100;
	char *text = malloc(length + 1);

	ck_assert_ptr_nonnull(text);
	memset(text, 'x', length);
	memcpy(text, "[A]\nKey=", 8);
	memcpy(text + length - 7, "\nNext=1", 8);
	check_text(text, "1 [A]\n2: the line is too long\n3 [A] Next=1\n");
	free(text);
}
END_TEST

START_TEST(nothing_at_all_is_fine)
{
	check_text("", "");
	check_text("\n\n  \n", "");
	check_text("\\", "");
	ini_read(NULL, 0, on_line, on_mistake, &seen);
	ck_assert_ptr_null(seen.data);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ini");
	TCase *tests = tcase_create("ini");

	tcase_add_test(tests, sections_keys_and_values_are_trimmed);
	tcase_add_test(tests, comments_stand_on_lines_of_their_own);
	tcase_add_test(tests, a_backslash_joins_lines_by_a_blank);
	tcase_add_test(tests, lines_of_other_systems_are_read);
	tcase_add_test(tests, what_cannot_be_read_is_told_by_its_line);
	tcase_add_test(tests, behind_a_broken_section_nothing_is_said);
	tcase_add_test(tests, what_nobody_can_see_is_refused);
	tcase_add_test(tests, a_line_has_its_limit);
	tcase_add_test(tests, nothing_at_all_is_fine);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
