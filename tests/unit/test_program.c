/* SPDX-License-Identifier: MIT */
#include "program.h"

#include "suite.h"
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

static bool run_with(double deadline, const char *input, struct text *reply)
{
	char *const words[] = {hook, (char[]){"one word"}, NULL};
	char *const environment[] = {(char[]){"PATH=/usr/bin:/bin"},
		(char[]){"ACMED_VERSION=7"}, NULL};

	err = (struct error){0};
	return program_run(&(struct program_wish){words, environment, deadline,
				   input, reply},
		&err);
}

static bool run(double deadline)
{
	return run_with(deadline, NULL, NULL);
}

/* A hook that does not end, with longer and longer deadlines: on a busy machine
 * it may not come far in a short one. The last one. */
static double run_until(bool (*is_enough)(void))
{
	double deadline = 0.3;

	for (;;) {
		unlink("pid");
		ck_assert_int_eq(ftruncate(2, 0), 0);
		lseek(2, 0, SEEK_SET);
		ck_assert(!run(deadline));
		if (is_enough() || deadline > 30)
			return deadline;
		deadline *= 5;
	}
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
	ck_assert_str_eq(err.code, "E4");
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

static bool has_started(void)
{
	return strstr(err.text, "started") != NULL;
}

START_TEST(a_hook_that_hangs_is_killed_with_its_children)
{
	char words[80];

	write_hook(HANGING[_i]);
	double deadline = run_until(has_started);
	snprintf(words, sizeof(words),
		"ran over %g s and was killed; its last words: started",
		deadline);
	ck_assert_ptr_nonnull(strstr(err.text, words));
	ck_assert_str_eq(err.code, "M2");
	ck_assert(is_gone("pid"));
}
END_TEST

START_TEST(what_is_left_behind_ends_when_it_is_wanted)
{
	write_hook("setsid sh -c 'echo $$ >pid; exec sleep 1000' & "
		   "while ! [ -s pid ]; do :; done");
	ck_assert_msg(run(20), "%s", err.text);
	ck_assert(!is_gone("pid"));
	program_end_all();
	ck_assert(is_gone("pid"));
}
END_TEST

/* As a web server of the hook before it. */
START_TEST(what_another_left_behind_lives_on)
{
	write_hook("setsid sh -c 'echo $$ >left; exec sleep 1000' & "
		   "while ! [ -s left ]; do :; done");
	ck_assert_msg(run(20), "%s", err.text);
	write_hook(HANGING[3]);
	run_until(has_started);
	ck_assert(is_gone("pid"));
	ck_assert(!is_gone("left"));
	program_end_all();
	ck_assert(is_gone("left"));
}
END_TEST

START_TEST(it_reads_its_input_and_its_answer_is_kept)
{
	struct text reply cleanup_text_value = {.limit = 100};

	write_hook("echo shown >&2; read -r line; echo \"got $line\"");
	ck_assert_msg(run_with(10, "a\nb\n", &reply), "%s", err.text);
	ck_assert_str_eq(reply.data, "got a\n");
}
END_TEST

START_TEST(input_that_nobody_reads_holds_nobody_up)
{
	struct text input cleanup_text_value = {0};

	for (int i = 0; i < 20000; i++)
		text_add(&input, "0123456789\n");
	write_hook("exec <&-");
	ck_assert_msg(run_with(10, input.data, NULL), "%s", err.text);
}
END_TEST

START_TEST(an_answer_without_end_is_cut)
{
	struct text reply cleanup_text_value = {.limit = 1000};

	write_hook("exec yes");
	for (double deadline = 0.3; !reply.failed; deadline *= 5)
		ck_assert(!run_with(deadline, NULL, &reply));
	ck_assert_uint_le(reply.length, 1000);
}
END_TEST

START_TEST(closed_pipes_are_no_end)
{
	write_hook("exec >&- 2>&-; sleep 0.2; exit 3");
	ck_assert(!run(10));
	ck_assert_ptr_nonnull(strstr(err.text, "ended with status 3"));
}
END_TEST

START_TEST(status_75_asks_to_come_back)
{
	write_hook("echo 'too many requests' >&2; exit 75");
	ck_assert(!run(10));
	ck_assert_str_eq(err.code, "D9");
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

static bool has_printed_much(void)
{
	struct stat status;

	return stat("printed", &status) == 0 && status.st_size >= 64 * 1024;
}

START_TEST(endless_output_is_capped)
{
	struct stat status;

	write_hook("exec yes");
	run_until(has_printed_much);
	ck_assert_ptr_nonnull(strstr(err.text, "last words: y"));
	ck_assert_int_eq(stat("printed", &status), 0);
	ck_assert_int_eq(status.st_size, 64 * 1024);
}
END_TEST

/* Else the next program's first line would be glued to it. */
START_TEST(what_is_shown_ends_with_a_whole_line)
{
	struct stat status;

	write_hook("printf half");
	ck_assert_msg(run(10), "%s", err.text);
	write_hook("yes abc | head -c 70000; exit 0");
	ck_assert_msg(run(10), "%s", err.text);
	ck_assert_int_eq(stat("printed", &status), 0);
	ck_assert_int_eq(status.st_size, strlen("half\n") + 64 * 1024);
	write_hook("yes ab | head -c 70000; exit 0");
	ck_assert_msg(run(10), "%s", err.text);
	ck_assert_int_eq(stat("printed", &status), 0);
	ck_assert_int_eq(status.st_size,
		strlen("half\n") + 64 * 1024 + 64 * 1024 + strlen("\n"));
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
	ck_assert_str_eq(err.code, "E3");
	ck_assert_int_eq(chmod(hook, 0755), 0);
	ck_assert_int_eq(chmod(folder, 0777), 0);
	ck_assert(!run(10));
	ck_assert_int_ne(access("ran", F_OK), 0);
	ck_assert_int_eq(chmod(folder, 0755), 0);
	ck_assert(run(10));
}
END_TEST

START_TEST(a_hook_without_its_x_is_told)
{
	write_hook("touch ran");
	ck_assert_int_eq(chmod(hook, 0644), 0);
	ck_assert(!run(10));
	ck_assert_str_eq(err.code, "E2");
	ck_assert_ptr_nonnull(strstr(err.text, "chmod a+rx"));
	ck_assert(!program_check(hook, &err));
	ck_assert_int_eq(chmod(hook, 0755), 0);
	ck_assert(program_check(hook, &err));
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
	ck_assert_str_eq(err.code, "E1");
	ck_assert_ptr_nonnull(strstr(err.text, hook));
	ck_assert_int_eq(mkdir(hook, 0755), 0);
	ck_assert(!run(10));
	ck_assert_str_eq(err.code, "E2");
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
	tcase_add_test(tests, what_is_left_behind_ends_when_it_is_wanted);
	tcase_add_test(tests, what_another_left_behind_lives_on);
	tcase_add_test(tests, it_reads_its_input_and_its_answer_is_kept);
	tcase_add_test(tests, input_that_nobody_reads_holds_nobody_up);
	tcase_add_test(tests, an_answer_without_end_is_cut);
	tcase_add_test(tests, closed_pipes_are_no_end);
	tcase_add_test(tests, status_75_asks_to_come_back);
	tcase_add_test(tests, endless_output_is_capped);
	tcase_add_test(tests, what_is_shown_ends_with_a_whole_line);
	tcase_add_test(tests, last_words_are_cleaned);
	tcase_add_test(tests, a_hook_that_others_can_change_is_not_run);
	tcase_add_test(tests, a_hook_without_its_x_is_told);
	tcase_add_test(tests, a_hook_of_another_user_is_not_run);
	tcase_add_test(tests, a_hook_that_is_missing_is_told);
	suite_add_tcase(suite, tests);
	return suite;
}

int main(void)
{
	return suite_run(suite());
}
