/* SPDX-License-Identifier: MIT */

/*
 * The golden file: every text names its cause exactly, or none at all; never
 * another's.
 */

#include "diagnosis.h"

#include "mem.h"
#include "text.h"

#include <check.h>
#include <stdlib.h>

#define LINES_MIN 200
#define NAMED_MIN 95 /* of a hundred */

struct line {
	const char *type;
	const char *text;
	const char *code;
};

static FILE *open_texts(void)
{
	const char *top = getenv("TEST_TOP");
	cleanup(string) char *path = text_format(
		"%s/tests/unit/data/diagnosis-texts.txt", top ? top : ".");
	FILE *file = fopen(path, "re");

	ck_assert_msg(file != NULL, "%s", path);
	return file;
}

/* "type | text | code"; the text may have bars too. */
static bool split(char *bytes, struct line *line)
{
	if (*bytes == '#' || *bytes == '\n')
		return false;
	bytes[strcspn(bytes, "\n")] = '\0';
	char *text = strstr(bytes, " | ");
	char *code = strrchr(bytes, '|');
	ck_assert_msg(text && code > text + 1, "%s", bytes);
	*text = '\0';
	code[-1] = '\0';
	*line = (struct line){
		bytes, text + strlen(" | "), code + 1 + (code[1] == ' ')};
	return true;
}

static const char *code_of(const struct line *line)
{
	return diagnosis_of_problem(line->type, line->text);
}

START_TEST(no_text_names_a_wrong_cause)
{
	FILE *file = open_texts();
	char bytes[1024];
	struct line line;

	while (fgets(bytes, sizeof(bytes), file)) {
		if (!split(bytes, &line))
			continue;
		ck_assert_msg(!*line.code || diagnosis_find(line.code), "%s",
			line.code);
		ck_assert_msg(streq(code_of(&line), line.code),
			"%s '%s': '%s', not '%s'", line.type, line.text,
			code_of(&line), line.code);
	}
	fclose(file);
}
END_TEST

START_TEST(nearly_all_of_many_texts_are_named)
{
	FILE *file = open_texts();
	char bytes[1024];
	struct line line;
	unsigned count = 0;
	unsigned named = 0;

	while (fgets(bytes, sizeof(bytes), file)) {
		if (!split(bytes, &line))
			continue;
		count++;
		named += *code_of(&line) != '\0';
	}
	fclose(file);
	ck_assert_uint_ge(count, LINES_MIN);
	ck_assert_uint_ge(named * 100, count * NAMED_MIN);
}
END_TEST

/* The types are words of the standard (RFC 8555 section 6.7), the rest is a
 * stranger's, who could say anything. */
START_TEST(a_page_of_a_stranger_names_no_cause_of_the_ca)
{
	static const char *const pages[] = {"Terms of service",
		"temporarily prevented", "Account is not valid", "SERVFAIL",
		"too many new orders", "externalAccountBinding"};

	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
		cleanup(string) char *detail = text_format(
			"192.0.2.7: Invalid response from http://x/a: \"%s\"",
			pages[i]);
		ck_assert_str_eq(
			diagnosis_of_problem("unauthorized", detail), "H5");
	}
}
END_TEST

START_TEST(what_was_met_from_afar_is_told_too)
{
	ck_assert_str_eq(diagnosis_of_inner("connection",
				 "During secondary validation: 192.0.2.7: "
				 "Fetching http://x/a: Connection refused"),
		"H1");
	ck_assert_str_eq(
		diagnosis_of_inner("connection", "Connection refused"), "");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("diagnosis_texts");
	TCase *tests = tcase_create("diagnosis_texts");

	tcase_add_test(tests, no_text_names_a_wrong_cause);
	tcase_add_test(tests, nearly_all_of_many_texts_are_named);
	tcase_add_test(tests, a_page_of_a_stranger_names_no_cause_of_the_ca);
	tcase_add_test(tests, what_was_met_from_afar_is_told_too);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
