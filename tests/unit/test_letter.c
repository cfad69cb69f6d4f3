/* SPDX-License-Identifier: MIT */
#include "letter.h"

#include "suite.h"

#include <check.h>

#define HEADERS \
	"Auto-Submitted: auto-generated\n" \
	"MIME-Version: 1.0\n" \
	"Content-Type: text/plain; charset=UTF-8\n" \
	"Content-Transfer-Encoding: 8bit\n" \
	"\n"

static void expect(const char *subject, const char *body, const char *wanted)
{
	struct text letter cleanup_text_value = {0};

	letter_write(&letter, "root", subject, body);
	ck_assert_str_eq(letter.data, wanted);
}

START_TEST(a_letter_has_headers_and_a_text)
{
	expect("acmed on www: warning", "one\n\n  two: n\xc3\xa4her\n",
		"To: root\nSubject: acmed on www: warning\n" HEADERS
		"one\n\n  two: n\xc3\xa4her\n");
}
END_TEST

START_TEST(a_subject_adds_no_header)
{
	expect("a\nBcc: x@example.com\r\n\xc3\xa4", "",
		"To: root\nSubject: a?Bcc: x@example.com????\n" HEADERS);
}
END_TEST

START_TEST(a_text_has_no_control_characters)
{
	expect("a", "one\r\ntwo\x1b[2J\xff",
		"To: root\nSubject: a\n" HEADERS "one\ntwo?[2J?\n");
}
END_TEST

START_TEST(a_line_is_not_too_long_for_mail)
{
	struct text letter cleanup_text_value = {0};
	char line[2001] = "";

	memset(line, 'x', sizeof(line) - 1);
	letter_write(&letter, "root", "a", line);
	ck_assert_uint_lt(letter.length, 1200);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("letter");
	TCase *letters = tcase_create("letters");

	tcase_add_test(letters, a_letter_has_headers_and_a_text);
	tcase_add_test(letters, a_subject_adds_no_header);
	tcase_add_test(letters, a_text_has_no_control_characters);
	tcase_add_test(letters, a_line_is_not_too_long_for_mail);
	suite_add_tcase(suite, letters);
	return suite_run(suite);
}
