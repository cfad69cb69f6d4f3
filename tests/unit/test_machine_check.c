/* SPDX-License-Identifier: MIT */
#include "machine_check.h"

#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <pwd.h>
#undef fail
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[32];
static char main_file[64];
static char site[64];
static struct mistakes mistakes;

static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
	ck_assert_int_eq(chmod(path, 0644), 0);
}

static void set_up(void)
{
	char certs[sizeof(folder) + 8];

	strcpy(folder, "/tmp/acmed-unit-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chmod(folder, 0755), 0);
	snprintf(certs, sizeof(certs), "%s/certs.d", folder);
	snprintf(site, sizeof(site), "%s/a.conf", certs);
	snprintf(main_file, sizeof(main_file), "%s/acmed.conf", folder);
	ck_assert_int_eq(mkdir(certs, 0755), 0);
	put(main_file,
		"[CA x]\nDirectory=https://x.test/\n[Certificate]\nCA=x\n"
		"[Deploy]\nHook=/nonexistent\n");
}

static void tear_down(void)
{
	char command[64];

	mistakes_clear(&mistakes);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

/* The mistakes of a certificate with these lines behind its names. */
static size_t check_lines(const char *lines)
{
	cleanup(string) char *text = text_format(
		"[Certificate]\nNames=a.example\n[Deploy]\nHook=\n%s", lines);
	struct config_files files = {0};

	mistakes_clear(&mistakes);
	put(site, text);
	config_files_read(&files, main_file);
	struct config *config = config_files_parse(&files, &mistakes);
	ck_assert_ptr_nonnull(config);
	ck_assert_uint_eq(mistakes.list.count, 0);
	machine_check(&files, config, &mistakes);
	config_free(config);
	config_files_clear(&files);
	return mistakes.list.count;
}

/* The first is always that of acmed.conf. */
static bool is_second(const char *lines, const char *file, const char *text)
{
	ck_assert_uint_eq(check_lines(lines), 2);
	return text_starts_with(mistakes.list.items[1], file) &&
		strstr(mistakes.list.items[1], text);
}

START_TEST(a_missing_hook_is_told_once_at_its_line)
{
	ck_assert_uint_eq(check_lines(""), 1);
	ck_assert(text_starts_with(mistakes.list.items[0], main_file));
	ck_assert_ptr_nonnull(strstr(mistakes.list.items[0], ":6: 'Hook=': "));
	ck_assert(is_second("Hook=/nowhere\n", site, ":5: 'Hook=': "));
	ck_assert_uint_eq(check_lines("Hook=acmed-hook@x.service\n"), 1);
}
END_TEST

START_TEST(owners_and_folders_of_exports_are_there)
{
	ck_assert_uint_eq(
		check_lines("[Export x]\nPath=/tmp/x.pem\nOwner=root\n"), 1);
	ck_assert(is_second("[Export x]\nPath=/nonexistent/x.pem\n", site,
		":6: 'Path=': there is no folder '/nonexistent'"));
	ck_assert(is_second("[Export x]\nPath=/tmp/x.pem\nOwner=nobody9\n",
		site, ":7: 'Owner=': there is no user 'nobody9'"));
	ck_assert(is_second("[Export x]\nPath=/tmp/x.pem\nGroup=nobody9\n",
		site, ":7: 'Group=': there is no group 'nobody9'"));
}
END_TEST

START_TEST(a_document_root_is_a_folder)
{
	ck_assert_uint_eq(check_lines("[Challenge]\nWebroot=/tmp\n"), 1);
	ck_assert_uint_eq(check_lines("[Challenge]\nWebroot=/nowhere\n"), 1);
	ck_assert(is_second("[Challenge]\nWebroot=/etc/passwd\n", site,
		":6: 'Webroot=': '/etc/passwd' is no folder"));
}
END_TEST

/* As root only: nobody else reads the secrets of the services. */
START_TEST(who_is_to_be_told_can_be_told)
{
	char secret[sizeof(folder) + 8];

	snprintf(secret, sizeof(secret), "%s/secret", folder);
	put(secret, "https://ntfy.sh/\n");
	cleanup(string) char *text = text_format(
		"[CA x]\nDirectory=https://x.test/\n[Certificate]\nCA=x\n"
		"[Daemon]\nNotifyMail=no\nNotifyURLFile=%s\n",
		secret);
	put(main_file, text);
	if (geteuid() != 0)
		return;
	ck_assert_uint_eq(check_lines(""), 1);
	ck_assert_ptr_nonnull(strstr(mistakes.list.items[0],
		":7: 'NotifyURLFile=': others can read"));
	ck_assert_int_eq(chmod(secret, 0600), 0);
	ck_assert_uint_eq(check_lines(""), 1);
	ck_assert_ptr_nonnull(strstr(
		mistakes.list.items[0], ":7: 'NotifyURLFile=': of ntfy it is"));
}
END_TEST

/* The users of this program's machine. */
struct passwd *getpwnam(const char *name)
{
	static char word[32];
	static struct passwd root,
		service = {.pw_name = word, .pw_uid = 4711, .pw_gid = 4711};

	snprintf(word, sizeof(word), "%s", name);
	if (streq(name, "root"))
		return &root;
	return text_starts_with(name, "acmed") ? &service : NULL;
}

START_TEST(a_secret_is_for_the_program_that_needs_it)
{
	char secret[sizeof(folder) + 8];

	if (geteuid() != 0)
		return;
	snprintf(secret, sizeof(secret), "%s/secret", folder);
	put(secret, "https://url.test/secret\n");
	ck_assert_int_eq(chmod(secret, 0640), 0);
	cleanup(string) char *text =
		text_format("[CA x]\nDirectory=https://x.test/\nEABKeyID=x\n"
			    "EABKeyFile=%s\n[Certificate]\nCA=x\n"
			    "[Daemon]\nNotifyMail=no\nNotifyURLFile=%s\n",
			secret, secret);
	put(main_file, text);
	ck_assert_uint_eq(check_lines(""), 2);
	ck_assert_ptr_nonnull(strstr(mistakes.list.items[1],
		":9: 'NotifyURLFile=': acmed cannot read"));
	ck_assert_ptr_nonnull(strstr(mistakes.list.items[0],
		":4: 'EABKeyFile=': acmed-vault cannot read"));
	ck_assert_ptr_nonnull(
		strstr(mistakes.list.items[0], ": run 'chgrp acmed-vault "));
	ck_assert_int_eq(chown(secret, 0, 4711), 0);
	ck_assert_uint_eq(check_lines(""), 0);
}
END_TEST

START_TEST(files_that_others_may_write_are_advised_of)
{
	check_lines("");
	size_t before = mistakes.advice.count;
	ck_assert_int_eq(chmod(main_file, 0664), 0);
	check_lines("");
	ck_assert_uint_eq(mistakes.advice.count, before + 1);
	ck_assert_ptr_nonnull(strstr(mistakes.advice.items[0], "chmod go-w"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("machine_check");
	TCase *tests = tcase_create("machine_check");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, a_missing_hook_is_told_once_at_its_line);
	tcase_add_test(tests, owners_and_folders_of_exports_are_there);
	tcase_add_test(tests, a_document_root_is_a_folder);
	tcase_add_test(tests, who_is_to_be_told_can_be_told);
	tcase_add_test(tests, a_secret_is_for_the_program_that_needs_it);
	tcase_add_test(tests, files_that_others_may_write_are_advised_of);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
