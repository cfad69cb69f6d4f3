/* SPDX-License-Identifier: MIT */
#include "page.h"

#include "json.h"
#include "mem.h"
#include "suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#undef fail /* ours, not the old one of check */

#define FILES 3
#define LENGTH 60000
#define ROOM (128 * 1024) /* of a message */
#define PAGE (112 * 1024) /* of it for files */

static struct configuration_file files[FILES];
static struct configuration configuration;
static char texts[FILES][LENGTH + 1];

static void fill_with(const char *pattern)
{
	size_t length = strlen(pattern);

	for (size_t i = 0; i < FILES; i++) {
		for (size_t j = 0; j < LENGTH; j++)
			texts[i][j] = pattern[j % length];
		files[i] = (struct configuration_file){.path = (char *)"/x",
			.name = (char *)"x",
			.text = texts[i],
			.length = LENGTH};
	}
	configuration = (struct configuration){.files = files, .count = FILES};
}

static char together[FILES][LENGTH + 1];

/* Of one page; false: it was the last. */
static bool take_page(json_int_t *index, json_int_t *offset)
{
	struct error err = {0};
	cleanup(json) json_t *page =
		configuration_page(&configuration, *index, *offset, &err);
	const json_t *list = json_object_get(page, "files");
	const json_t *next = json_object_get(page, "next");
	size_t i;
	json_t *each;

	ck_assert_msg(page != NULL, "%s", err.text);
	ck_assert_uint_lt(json_dumpb(page, NULL, 0, JSON_COMPACT), ROOM);
	ck_assert_uint_gt(json_array_size(list), 0);
	json_array_foreach (list, i, each) {
		const json_t *text = json_object_get(each, "text");
		ck_assert(json_is_string(text));
		strcat(together[member_integer_or(each, "index", 0)],
			json_string_value(text));
	}
	*index = member_integer_or(next, "index", 0);
	*offset = member_integer_or(next, "offset", 0);
	return json_is_object(next);
}

static void expect_whole(void)
{
	json_int_t index = 0, offset = 0;

	memset(together, 0, sizeof(together));
	while (take_page(&index, &offset))
		;
	for (size_t i = 0; i < FILES; i++)
		ck_assert(strcmp(together[i], texts[i]) == 0);
}

START_TEST(pages_together_are_what_the_files_have)
{
	fill_with("x");
	expect_whole();
	fill_with("\x01\x02 ");
	expect_whole();
}
END_TEST

START_TEST(no_character_is_cut)
{
	fill_with("\xc3\xa4");
	expect_whole();
	fill_with("\xf0\x9f\x94\x91");
	expect_whole();
}
END_TEST

/* Of the files in one page. */
static size_t size_of_first_page(void)
{
	struct error err = {0};
	cleanup(json) json_t *page =
		configuration_page(&configuration, 0, 0, &err);
	const json_t *list = json_object_get(page, "files");
	size_t size = 0, i;
	json_t *each;

	json_array_foreach (list, i, each)
		size += json_dumpb(each, NULL, 0, JSON_COMPACT);
	return size;
}

static void cut(size_t index, size_t length)
{
	texts[index][length] = '\0';
	files[index].length = length;
}

/* There is room for the head of a file, and for no character of it. */
START_TEST(a_head_without_a_character_is_no_piece)
{
	fill_with("x");
	memcpy(texts[2], "\xf0\x9f\x94\x91", 5);
	files[2].length = 4;
	cut(1, 10000);
	size_t rest = PAGE - (size_of_first_page() - 4 - 10000);
	for (size_t spare = 0; spare < 5; spare++) {
		memset(texts[1], 'x', LENGTH);
		cut(1, rest - spare);
		expect_whole();
	}
}
END_TEST

START_TEST(an_empty_or_missing_file_has_a_place_too)
{
	fill_with("x");
	texts[0][0] = '\0';
	files[0].length = 0;
	texts[1][0] = '\0';
	files[1].length = 0;
	files[1].text = NULL;
	expect_whole();
}
END_TEST

START_TEST(a_page_that_is_none_is_refused)
{
	static const struct {
		int64_t index, offset;
	} PAGES[] = {{-1, 0}, {0, -1}, {FILES + 1, 0}, {0, LENGTH + 1}, {0, 1}};
	struct error err = {0};

	fill_with("\xc3\xa4");
	for (size_t i = 0; i < sizeof(PAGES) / sizeof(*PAGES); i++) {
		ck_assert_ptr_null(configuration_page(
			&configuration, PAGES[i].index, PAGES[i].offset, &err));
		ck_assert_int_eq(err.kind, ERROR_REFUSED);
	}
	json_decref(configuration_page(&configuration, FILES, 0, &err));
	json_decref(configuration_page(&configuration, 0, LENGTH, &err));
}
END_TEST

START_TEST(of_many_mistakes_the_first_are_told)
{
	struct error err = {0};

	fill_with("x");
	for (int i = 0; i < 50; i++)
		mistakes_add(&files[0].mistakes, "/x", (unsigned)i, "wrong");
	cleanup(json) json_t *page =
		configuration_page(&configuration, 0, 0, &err);
	const json_t *first = json_array_get(json_object_get(page, "files"), 0);
	ck_assert_uint_eq(
		json_array_size(json_object_get(first, "mistakes")), 20);
	mistakes_clear(&files[0].mistakes);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("page");
	TCase *tests = tcase_create("page");

	tcase_add_test(tests, pages_together_are_what_the_files_have);
	tcase_add_test(tests, no_character_is_cut);
	tcase_add_test(tests, a_head_without_a_character_is_no_piece);
	tcase_add_test(tests, an_empty_or_missing_file_has_a_place_too);
	tcase_add_test(tests, a_page_that_is_none_is_refused);
	tcase_add_test(tests, of_many_mistakes_the_first_are_told);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
