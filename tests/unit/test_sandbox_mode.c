/* SPDX-License-Identifier: MIT */
#include "sandbox_mode.h"

#include "suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char folder[] = "/tmp/acmed-mode-XXXXXX";

static bool scan(const char *text, bool before)
{
	sandbox_mode_scan(text, strlen(text), &before);
	return before;
}

START_TEST(the_last_good_line_wins)
{
	ck_assert(scan("[Daemon]\nSandbox=log\n", false));
	ck_assert(!scan("[Daemon]\nSandbox=strict\n", true));
	ck_assert(!scan("[Daemon]\nSandbox=log\nSandbox=strict\n", false));
	ck_assert(scan("[Daemon]\nSandbox=log\nSandbox=no\n", false));
}
END_TEST

START_TEST(other_lines_change_nothing)
{
	static const char *const TEXTS[] = {"", "\n", "[Daemon]\n",
		"Sandbox=log\n", "[CA x]\nSandbox=log\n",
		"[Daemon]\n#Sandbox=log\n", "[Daemon]\nSandbox=\n",
		"[Daemon]\nSandbox=LOG\n", "[Daemon]\nX-Sandbox=log\n",
		"[Daemon]\nMaxOrders=log\n"};

	for (size_t i = 0; i < sizeof(TEXTS) / sizeof(*TEXTS); i++) {
		ck_assert_msg(!scan(TEXTS[i], false), "%s", TEXTS[i]);
		ck_assert_msg(scan(TEXTS[i], true), "%s", TEXTS[i]);
	}
}
END_TEST

START_TEST(mistakes_around_it_do_not_matter)
{
	ck_assert(scan("nonsense\n[Nonsense]\na=b\n[Daemon]\nMaxOrders=x\n"
		       "\x80\xff\nSandbox = log\n=\n[",
		false));
}
END_TEST

static void put(const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

START_TEST(acmed_conf_and_the_files_behind_it_are_asked)
{
	char path[128];

	ck_assert_ptr_nonnull(mkdtemp(folder));
	setenv("CONFIGURATION_DIRECTORY", folder, 1);
	snprintf(path, sizeof(path), "%s/acmed.conf.d", folder);
	ck_assert_int_eq(mkdir(path, 0755), 0);
	ck_assert(!sandbox_mode_only_logs(NULL));
	put("acmed.conf", "[Daemon]\nSandbox=log\n");
	ck_assert(sandbox_mode_only_logs(NULL));
	put("acmed.conf.d/a.conf", "[Daemon]\nSandbox=strict\n");
	ck_assert(!sandbox_mode_only_logs(NULL));
	put("acmed.conf.d/b.conf", "[Daemon]\nSandbox=log\n");
	put("acmed.conf.d/c.txt", "[Daemon]\nSandbox=strict\n");
	ck_assert(sandbox_mode_only_logs(NULL));
	snprintf(path, sizeof(path), "%s/none.conf", folder);
	ck_assert(sandbox_mode_only_logs(path));
	ck_assert(!sandbox_mode_only_logs("/does/not/exist.conf"));
	snprintf(path, sizeof(path), "rm -r %s", folder);
	ck_assert_int_eq(system(path), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sandbox_mode");
	TCase *tests = tcase_create("sandbox_mode");

	tcase_add_test(tests, the_last_good_line_wins);
	tcase_add_test(tests, other_lines_change_nothing);
	tcase_add_test(tests, mistakes_around_it_do_not_matter);
	tcase_add_test(tests, acmed_conf_and_the_files_behind_it_are_asked);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
