/* SPDX-License-Identifier: MIT */
#include "table.h"

#include "suite.h"
#include "text.h"
#include "timestamp.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static char printed[8192];

/* Standard output goes into a file while one of the two prints. */
static const char *print(void (*print_it)(const json_t *), json_t *object)
{
	FILE *file = tmpfile();
	int before = dup(STDOUT_FILENO);

	ck_assert_ptr_nonnull(object);
	fflush(stdout);
	ck_assert_int_ge(dup2(fileno(file), STDOUT_FILENO), 0);
	print_it(object);
	fflush(stdout);
	dup2(before, STDOUT_FILENO);
	close(before);
	rewind(file);
	size_t length = fread(printed, 1, sizeof(printed) - 1, file);
	printed[length] = '\0';
	fclose(file);
	json_decref(object);
	return printed;
}

/* So many seconds from now. */
static json_t *in(int64_t seconds)
{
	char date[TIMESTAMP_SIZE];

	timestamp_format(time(NULL) + seconds, date);
	return json_string(date);
}

#define DAY 86400

static json_t *certificate(const char *name, const char *state, int64_t left)
{
	return json_pack("{s:s, s:s, s:{s:o, s:b, s:s}, s:s, s:o}", "name",
		name, "state", state, "installed", "not_after", in(left + 1800),
		"placeholder", false, "serial", "00ab", "action", "renew",
		"next", in(29 * DAY + 1800));
}

static void set_error(json_t *object, const char *text, const char *remedy)
{
	json_object_set_new(object, "error",
		json_pack("{s:s, s:s, s:s, s:s}", "text", text, "remedy",
			remedy, "code", "N1", "cause", "out of reach"));
}

START_TEST(an_empty_table_says_what_to_do)
{
	ck_assert_ptr_nonnull(
		strstr(print(table_print, json_array()), "acmectl add"));
}
END_TEST

START_TEST(every_certificate_has_a_line)
{
	print(table_print,
		json_pack("[o, o]", certificate("a.example", "ok", 60 * DAY),
			certificate("b.example", "soon", 2 * DAY)));
	ck_assert(text_starts_with(printed, "NAME       LEFT"));
	ck_assert_ptr_nonnull(strstr(printed, "\na.example  60d"));
	ck_assert_ptr_nonnull(strstr(printed, "\nb.example  2d"));
	ck_assert_ptr_nonnull(strstr(printed, "renew in 29d"));
	ck_assert_ptr_null(strstr(printed, "To do first"));
}
END_TEST

START_TEST(no_line_is_longer_than_the_terminal)
{
	static char long_text[500];
	json_t *one = certificate(
		"a-name-that-is-much-longer-than-thirty-two-letters.example",
		"failing", DAY);

	memset(long_text, 'x', sizeof(long_text) - 1);
	set_error(one, long_text, "do it");
	print(table_print, json_pack("[o]", one));
	for (char *rest, *line = strtok_r(printed, "\n", &rest); line;
		line = strtok_r(NULL, "\n", &rest))
		ck_assert_msg(strlen(line) <= 100, "%s", line);
}
END_TEST

static void expect_width(size_t most)
{
	for (char *rest, *line = strtok_r(printed, "\n", &rest); line;
		line = strtok_r(NULL, "\n", &rest))
		ck_assert_msg(strlen(line) <= most, "%s", line);
}

/* Names of sites, and the longest state there is. */
static json_t *wide_table(void)
{
	json_t *one = certificate("a-shop-with-a-long-name.customer.example",
		"installed, waits for postgresql@15-main.service", 60 * DAY);
	json_t *two = certificate("b.example", "failing", 3 * DAY);

	set_error(two,
		"b.example: the CA met a timeout on port 80 of 192.0.2.1",
		"Open port 80 in the firewall of this machine and of the "
		"network before it, then run 'acmectl renew b.example'.");
	return json_pack("[o, o]", one, two);
}

START_TEST(a_terminal_of_eighty_columns_is_enough)
{
	setenv("COLUMNS", "80", 1);
	print(table_print, wide_table());
	ck_assert_ptr_nonnull(strstr(printed, "\na-shop-with-a-long-name"));
	ck_assert_ptr_nonnull(strstr(printed, "renew in 29d"));
	ck_assert_ptr_nonnull(strstr(printed, "\nTo do first: b.example: "));
	expect_width(80);
}
END_TEST

START_TEST(what_needs_no_room_leaves_it_to_the_error)
{
	json_t *one = certificate("b.example", "failing", 3 * DAY);

	setenv("COLUMNS", "80", 1);
	set_error(one, "port 80 is closed: timeout", "open it");
	print(table_print, json_pack("[o]", one));
	ck_assert_ptr_nonnull(strstr(printed, "port 80 is closed: timeout\n"));
	expect_width(80);
}
END_TEST

START_TEST(a_file_with_a_mistake_is_something_to_do)
{
	json_t *one = certificate("b.example", "ok", 3 * DAY);

	json_object_set_new(one, "waits_for_file",
		json_string("b.example.conf:3: unknown key"));
	print(table_print, json_pack("[o]", one));
	ck_assert_ptr_nonnull(strstr(
		printed, "\nTo do first: b.example: b.example.conf:3: "));
}
END_TEST

START_TEST(what_ends_first_is_to_be_mended_first)
{
	json_t *late = certificate("late.example", "failing", 50 * DAY);
	json_t *early = certificate("early.example", "failing", 5 * DAY);
	json_t *well = certificate("well.example", "ok", DAY);

	set_error(late, "broken", "mend the late one");
	set_error(early, "broken", "mend the early one");
	print(table_print, json_pack("[o, o, o]", late, early, well));
	ck_assert_ptr_nonnull(strstr(
		printed, "\nTo do first: early.example: mend the early one\n"));
}
END_TEST

START_TEST(what_never_was_issued_goes_before_all)
{
	json_t *new = json_pack(
		"{s:s, s:s}", "name", "new.example", "state", "failing");
	json_t *old = certificate("old.example", "failing", DAY);

	set_error(new, "broken", "mend the new one");
	set_error(old, "broken", "mend the old one");
	print(table_print, json_pack("[o, o]", old, new));
	ck_assert_ptr_nonnull(strstr(printed, "mend the new one"));
}
END_TEST

START_TEST(the_days_of_a_placeholder_do_not_count)
{
	json_t *one = certificate("a.example", "placeholder", 60 * DAY);

	json_object_set_new(
		json_object_get(one, "installed"), "placeholder", json_true());
	print(table_print, json_pack("[O]", one));
	ck_assert_ptr_nonnull(strstr(printed, "\na.example  - "));
	print(table_print_one, one);
	ck_assert_ptr_nonnull(strstr(printed, "a placeholder: no CA"));
	ck_assert_ptr_null(strstr(printed, "expires"));
}
END_TEST

START_TEST(one_certificate_says_why_and_what_to_do)
{
	json_t *one = certificate("a.example", "failing", 60 * DAY);

	json_object_set_new(one, "why", json_string("its names have changed"));
	json_object_set_new(
		one, "identifiers", json_pack("[s, s]", "a.example", "b"));
	set_error(one, "cannot reach it", "open the port");
	print(table_print_one, one);
	ck_assert(text_starts_with(printed, "a.example: failing\n"));
	ck_assert_ptr_nonnull(strstr(printed, "names        a.example b\n"));
	ck_assert_ptr_nonnull(strstr(printed, ": its names have changed\n"));
	ck_assert_ptr_nonnull(strstr(printed, "cannot reach it\n"));
	ck_assert_ptr_nonnull(strstr(printed, "N1: out of reach\n"));
	ck_assert_ptr_nonnull(strstr(printed, "remedy       open the port\n"));
	ck_assert_ptr_nonnull(strstr(printed, "(60d"));
}
END_TEST

START_TEST(a_file_has_no_colour)
{
	print(table_print_one, certificate("a.example", "expired", -DAY));
	ck_assert_ptr_null(strchr(printed, '\033'));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("table");
	TCase *tests = tcase_create("table");

	tcase_add_test(tests, an_empty_table_says_what_to_do);
	tcase_add_test(tests, every_certificate_has_a_line);
	tcase_add_test(tests, no_line_is_longer_than_the_terminal);
	tcase_add_test(tests, a_terminal_of_eighty_columns_is_enough);
	tcase_add_test(tests, what_needs_no_room_leaves_it_to_the_error);
	tcase_add_test(tests, a_file_with_a_mistake_is_something_to_do);
	tcase_add_test(tests, what_ends_first_is_to_be_mended_first);
	tcase_add_test(tests, what_never_was_issued_goes_before_all);
	tcase_add_test(tests, the_days_of_a_placeholder_do_not_count);
	tcase_add_test(tests, one_certificate_says_why_and_what_to_do);
	tcase_add_test(tests, a_file_has_no_colour);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
