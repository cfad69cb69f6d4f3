/* SPDX-License-Identifier: MIT */
#include "program.h"

#include "text.h"

#include <check.h>
#undef fail
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char folder[32];
static char hook[64];
static struct error err;

static void set_up(void)
{
	strcpy(folder, "/tmp/acmed-unit-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
	snprintf(hook, sizeof(hook), "%s/hook", folder);
	/* What hooks print does not belong into the log of the tests. */
	ck_assert_int_eq(
		dup2(open("printed", O_RDWR | O_CREAT | O_CLOEXEC, 0600), 2),
		2);
}

static void tear_down(void)
{
	char command[64];

	ck_assert_int_eq(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

static void write_hook(const char *body)
{
	FILE *file = fopen(hook, "we");

	ck_assert_ptr_nonnull(file);
	fprintf(file, "#!/bin/sh\ncd '%s'\n%s\n", folder, body);
	fclose(file);
	ck_assert_int_eq(chmod(hook, 0755), 0);
}

static bool run(double deadline)
{
	char *const words[] = {hook, (char[]){"one word"}, NULL};
	char *const environment[] = {(char[]){"PATH=/usr/bin:/bin"},
		(char[]){"ACMED_VERSION=7"}, NULL};

	err = (struct error){0};
	return program_run(
		&(struct program_wish){words, environment, deadline}, &err);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* The process whose number a hook left behind ends, and soon. */
static bool is_gone(const char *file_name)
{
	FILE *file = fopen(file_name, "re");
	int pid = 0;

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(fscanf(file, "%d", &pid), 1);
	fclose(file);
	return kill(pid, 0) < 0;
}

START_TEST(a_hook_gets_its_words_and_a_clean_environment)
{
	write_hook("[ \"$1\" = 'one word' ] && [ \"$ACMED_VERSION\" = 7 ] && "
		   "[ -z \"$HOME$DBUS_SYSTEM_BUS_ADDRESS\" ] && "
		   "[ -z \"$(cat)\" ]");
	ck_assert_msg(run(10), "%s", err.text);
}
END_TEST

START_TEST(a_failure_tells_status_and_last_words)
{
	write_hook("echo first; echo 'no such dovecot' >&2; echo; exit 3");
	ck_assert(!run(10));
	ck_assert_str_eq(err.code, "P5");
	ck_assert_int_eq(err.kind, ERROR_LOCAL);
	ck_assert_ptr_nonnull(strstr(err.text,
		"ended with status 3; its last words: no such dovecot"));
}
END_TEST

START_TEST(a_signal_is_told)
{
	write_hook("kill -9 $$");
	ck_assert(!run(10));
	ck_assert_ptr_nonnull(strstr(err.text, "died of signal 9"));
}
END_TEST

static const char *const HANGING[] = {
	"echo $$ >pid; echo started; exec sleep 1000",
	"echo $$ >pid; trap '' TERM; echo started; while :; do sleep 1; done",
	"sleep 1000 & echo $! >pid; echo started; wait",
	/* out of the process group, and its parent is gone */
	"setsid sh -c 'sleep 1000 & echo $! >pid; wait' & \
	while ! [ -s pid ]; do :; done; echo started; exec sleep 1000",
};

START_TEST(a_hook_that_hangs_is_killed_with_its_children)
{
	write_hook(HANGING[_i]);
	ck_assert(!run(0.5));
	ck_assert_ptr_nonnull(strstr(err.text,
		"ran over 0.5 s and was killed; its last words: started"));
	ck_assert(is_gone("pid"));
}
END_TEST

START_TEST(a_daemon_that_keeps_the_pipe_is_not_waited_for)
{
	double start = now();

	write_hook("sleep 1000 & echo $! >pid");
	ck_assert_msg(run(100), "%s", err.text);
	ck_assert(now() - start < 50);
	ck_assert_int_eq(system("kill $(cat pid)"), 0);
}
END_TEST

START_TEST(endless_output_is_capped)
{
	struct stat status;

	write_hook("exec yes");
	ck_assert(!run(0.3));
	ck_assert_ptr_nonnull(strstr(err.text, "last words: y"));
	ck_assert_int_eq(stat("printed", &status), 0);
	ck_assert_int_eq(status.st_size, 64 * 1024);
}
END_TEST

START_TEST(last_words_are_cleaned)
{
	write_hook("printf 'a\\033[31mb\\n'; exit 1");
	ck_assert(!run(10));
	ck_assert_ptr_nonnull(strstr(err.text, "a?[31mb"));
}
END_TEST

START_TEST(a_hook_that_others_can_change_is_not_run)
{
	write_hook("touch ran");
	ck_assert_int_eq(chmod(hook, 0777), 0);
	ck_assert(!run(10));
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
	ck_assert_int_eq(chmod(hook, 0755), 0);
	ck_assert_int_eq(chmod(folder, 0777), 0);
	ck_assert(!run(10));
	ck_assert_int_ne(access("ran", F_OK), 0);
	ck_assert_int_eq(chmod(folder, 0755), 0);
	ck_assert(run(10));
}
END_TEST

START_TEST(a_hook_of_another_user_is_not_run)
{
	if (geteuid() != 0) {
		puts("program: SKIPPED another user, it needs root");
		return;
	}
	write_hook("touch ran");
	ck_assert_int_eq(chown(hook, 65534, 65534), 0);
	ck_assert(!run(10));
	ck_assert_ptr_nonnull(strstr(err.text, "others than root"));
	ck_assert_int_ne(access("ran", F_OK), 0);
}
END_TEST

START_TEST(a_hook_that_is_missing_is_told)
{
	ck_assert(!run(10));
	ck_assert_str_eq(err.code, "P5");
	ck_assert_ptr_nonnull(strstr(err.text, hook));
	ck_assert_int_eq(mkdir(hook, 0755), 0);
	ck_assert(!run(10));
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("program");
	TCase *tests = tcase_create("program");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, a_hook_gets_its_words_and_a_clean_environment);
	tcase_add_test(tests, a_failure_tells_status_and_last_words);
	tcase_add_test(tests, a_signal_is_told);
	tcase_add_loop_test(tests,
		a_hook_that_hangs_is_killed_with_its_children, 0,
		sizeof(HANGING) / sizeof(*HANGING));
	tcase_add_test(tests, a_daemon_that_keeps_the_pipe_is_not_waited_for);
	tcase_add_test(tests, endless_output_is_capped);
	tcase_add_test(tests, last_words_are_cleaned);
	tcase_add_test(tests, a_hook_that_others_can_change_is_not_run);
	tcase_add_test(tests, a_hook_of_another_user_is_not_run);
	tcase_add_test(tests, a_hook_that_is_missing_is_told);
	suite_add_tcase(suite, tests);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(suite());

	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
