/* SPDX-License-Identifier: MIT */
#include "hook_check.h"

#include "config_texts.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[32];
static struct mistakes mistakes;

static void put(const char *name, mode_t mode)
{
	FILE *file = fopen(name, "we");

	ck_assert_ptr_nonnull(file);
	fputs("#!/bin/sh\n", file);
	fclose(file);
	ck_assert_int_eq(chmod(name, mode), 0);
}

static void set_up(void)
{
	strcpy(folder, "/tmp/acmed-unit-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chmod(folder, 0755), 0);
	ck_assert_int_eq(chdir(folder), 0);
	put("hook", 0755);
	put("flat", 0644);
	put("open", 0777);
	put("secret", 0640);
}

static void tear_down(void)
{
	char command[64];

	mistakes_clear(&mistakes);
	config_forget();
	ck_assert_int_eq(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

/* The mistakes of a [Challenge] with these lines, which start in line 4; @ is
 * the folder. */
static size_t check_lines(const char *lines)
{
	struct text text cleanup_text_value = {0};

	text_add(&text,
		"[Certificate]\nNames=a.example b.example\n"
		"[Challenge]\n");
	for (; *lines; lines++)
		if (*lines == '@')
			text_add(&text, folder);
		else
			text_add_bytes(&text, lines, 1);
	struct config *config = config_of(CONFIG_GLOBAL, text.data);
	ck_assert_str_eq(config_mistakes(), "");
	hook_check(config, &mistakes);
	config_free(config);
	return mistakes.list.count;
}

static const char *first(void)
{
	return mistakes.list.count ? mistakes.list.items[0] : "";
}

START_TEST(what_can_be_run_is_fine)
{
	ck_assert_uint_eq(check_lines("Solver=exec\nCommand=@/hook\n"), 0);
	ck_assert_uint_eq(check_lines("Solver=webroot\n"), 0);
}
END_TEST

START_TEST(what_cannot_be_run_is_told_by_its_line)
{
	ck_assert_uint_eq(check_lines("Solver=exec\nCommand=@/none\n"), 1);
	ck_assert(text_starts_with(first(), "site.conf:5: 'Command=': '/tmp"));
	ck_assert_ptr_nonnull(strstr(first(), "/none': cannot find it"));
}
END_TEST

START_TEST(no_program_and_one_open_to_others_are_told)
{
	check_lines("Solver=exec\nCommand=@/flat\n");
	ck_assert_ptr_nonnull(strstr(first(), "no executable file"));
	mistakes_clear(&mistakes);
	check_lines("Solver=exec\nCommand=@/open\n");
	ck_assert_ptr_nonnull(strstr(first(), "others than root"));
}
END_TEST

START_TEST(both_of_certbots_hooks_are_looked_at)
{
	ck_assert_uint_eq(check_lines("Solver=exec\nProtocol=certbot\n"
				      "Command=@/hook @/none\n"),
		1);
	mistakes_clear(&mistakes);
	ck_assert_uint_eq(
		check_lines("Solver=exec\nCommand=@/hook @/none\n"), 0);
}
END_TEST

START_TEST(a_command_for_all_names_is_told_once)
{
	ck_assert_uint_eq(check_lines("Solver=exec\nCommand=@/none\n"
				      "[Challenge a.example]\nTimeout=5s\n"
				      "[Challenge b.example]\nTimeout=6s\n"),
		1);
}
END_TEST

START_TEST(each_name_may_have_its_own)
{
	ck_assert_uint_eq(check_lines("Solver=exec\nCommand=@/hook\n"
				      "[Challenge a.example]\n"
				      "Command=@/none\n"),
		1);
	ck_assert(text_starts_with(first(), "site.conf:7: "));
}
END_TEST

START_TEST(secrets_are_looked_at_by_root)
{
	if (geteuid() != 0) {
		puts("hook_check: SKIPPED secrets, it needs root");
		return;
	}
	ck_assert_uint_eq(check_lines("Solver=exec\nCommand=@/hook\n"
				      "EnvironmentFile=@/none\n"),
		1);
	ck_assert(text_starts_with(first(), "site.conf:6: 'Environment"));
	mistakes_clear(&mistakes);
	ck_assert_int_eq(chmod("secret", 0644), 0);
	ck_assert_uint_eq(check_lines("Solver=exec\nCommand=@/hook\n"
				      "EnvironmentFile=@/secret\n"),
		1);
	ck_assert_ptr_nonnull(strstr(first(), "chmod o="));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hook_check");
	TCase *tests = tcase_create("hook_check");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, what_can_be_run_is_fine);
	tcase_add_test(tests, what_cannot_be_run_is_told_by_its_line);
	tcase_add_test(tests, no_program_and_one_open_to_others_are_told);
	tcase_add_test(tests, both_of_certbots_hooks_are_looked_at);
	tcase_add_test(tests, a_command_for_all_names_is_told_once);
	tcase_add_test(tests, each_name_may_have_its_own);
	tcase_add_test(tests, secrets_are_looked_at_by_root);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
