/* SPDX-License-Identifier: MIT */
#include "task.h"

#include "fake_systemd.h"
#include "mem.h"
#include "message.h"
#include "suite.h"
#include "task_run.h"
#include "text.h"

#include <check.h>
#undef fail
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct task_run run;

static void set_up(void)
{
	task_open(&run);
}

static void tear_down(void)
{
	task_close(&run);
}

/* Hooks, commands, signals. */

static void write_hook(const char *name, const char *body)
{
	task_put_file(name, "#!/bin/sh\ncd '%s'\n%s\n", run.folder, body);
	ck_assert_int_eq(chmod(name, 0755), 0);
}

START_TEST(hooks_run_in_order_and_know_the_certificate)
{
	char wanted[256];

	write_hook("one",
		"echo \"$RENEWED_LINEAGE|$RENEWED_DOMAINS|"
		"$ACMED_CERTIFICATE|$ACMED_VERSION\" >told");
	write_hook("two", "[ -s told ] && echo two >>told");
	task_configure("Hook=%s/one %s/two\n", run.folder, run.folder);
	ck_assert_msg(task_ask(&run, "hook"), "%s", run.err.text);
	snprintf(wanted, sizeof(wanted),
		"%s/state/live/site|www.example.net *.a.example.net "
		"192.0.2.7|site|3\ntwo\n",
		run.folder);
	ck_assert_str_eq(task_get_file("told"), wanted);
	ck_assert_uint_eq(
		json_array_size(json_object_get(run.reply, "done")), 2);
}
END_TEST

START_TEST(a_hook_that_fails_ends_the_row)
{
	write_hook("one", "echo no such service; exit 4");
	write_hook("two", "touch ran");
	task_configure("Hook=%s/one %s/two\n", run.folder, run.folder);
	ck_assert(!task_ask(&run, "hook"));
	ck_assert_str_eq(run.err.code, "P5");
	ck_assert_ptr_nonnull(strstr(run.err.text, "no such service"));
	ck_assert_int_ne(access("ran", F_OK), 0);
}
END_TEST

START_TEST(a_reload_command_gets_its_words_without_a_shell)
{
	write_hook("reload", "printf '%s;' \"$@\" >words");
	task_configure("ReloadCommand=%s/reload -s $HOME;id *\n", run.folder);
	ck_assert_msg(task_ask(&run, "restart"), "%s", run.err.text);
	ck_assert_str_eq(task_get_file("words"), "-s;$HOME;id;*;");
	write_hook("reload", "echo bad directive >&2; exit 1");
	ck_assert(!task_ask(&run, "restart"));
	ck_assert_str_eq(run.err.code, "P3");
	ck_assert_ptr_nonnull(strstr(run.err.text, "bad directive"));
}
END_TEST

START_TEST(a_reload_signal_reaches_the_process)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
		_exit(0);
	}
	task_put_file("pid", "%d\n", child);
	task_configure("ReloadSignal=HUP %s/pid\n", run.folder);
	ck_assert_msg(task_ask(&run, "restart"), "%s", run.err.text);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP);
	ck_assert(!task_ask(&run, "restart"));
	ck_assert_ptr_nonnull(strstr(run.err.text, "is not there"));
}
END_TEST

static const char *const PIDS[] = {"1", "-1", "0", "12x", "", "99999999999"};

START_TEST(a_pid_file_with_nonsense_signals_nobody)
{
	task_put_file("pid", "%s\n", PIDS[_i]);
	task_configure("ReloadSignal=HUP %s/pid\n", run.folder);
	ck_assert(!task_ask(&run, "restart"));
	ck_assert_ptr_nonnull(strstr(run.err.text, "holds no process id"));
}
END_TEST

START_TEST(a_pid_file_that_others_can_write_signals_nobody)
{
	task_put_file("pid", "%d\n", getpid());
	ck_assert_int_eq(chmod("pid", 0666), 0);
	task_configure("ReloadSignal=KILL %s/pid\n", run.folder);
	ck_assert(!task_ask(&run, "restart"));
}
END_TEST

/* Units. */

START_TEST(units_are_reloaded_over_the_bus)
{
	struct fake_systemd systemd;

	if (!fake_systemd_is_possible()) {
		puts("task: SKIPPED units, there is no dbus-daemon");
		return;
	}
	fake_systemd_start(&systemd);
	task_configure("Reload=good.service fast.service\n");
	ck_assert_msg(task_ask(&run, "reload"), "%s", run.err.text);
	task_configure("Reload=stopped.service good.service\n");
	ck_assert_msg(task_ask(&run, "reload"), "%s", run.err.text);
	ck_assert_str_eq(
		json_string_value(json_object_get(run.reply, "waits_for")),
		"stopped.service");
	ck_assert_uint_eq(
		fake_systemd_count(&systemd, "ReloadUnit", "good.service"), 2);
	task_configure("Reload=refusing.service good.service\n");
	ck_assert(!task_ask(&run, "reload"));
	ck_assert_str_eq(run.err.code, "P3");
	ck_assert_uint_eq(
		fake_systemd_count(&systemd, "ReloadUnit", "good.service"), 3);
	task_configure("Restart=good.service\n");
	ck_assert_msg(task_ask(&run, "restart"), "%s", run.err.text);
	fake_systemd_stop(&systemd);
	ck_assert(!task_ask(&run, "restart"));
	ck_assert_ptr_nonnull(strstr(run.err.text, "no systemd answers"));
}
END_TEST

START_TEST(hooks_that_are_units_are_started_in_their_turn)
{
	struct fake_systemd systemd;

	if (!fake_systemd_is_possible()) {
		puts("task: SKIPPED units, there is no dbus-daemon");
		return;
	}
	fake_systemd_start(&systemd);
	write_hook("one", "touch ran");
	task_configure("Hook=acmed-hook@x.service %s/one\n", run.folder);
	ck_assert_msg(task_ask(&run, "hook"), "%s", run.err.text);
	ck_assert_uint_eq(fake_systemd_count(&systemd, "StartUnit",
				  "acmed-hook@x.service"),
		1);
	const json_t *done = json_object_get(run.reply, "done");
	ck_assert_uint_eq(json_array_size(done), 2);
	ck_assert_str_eq(json_string_value(json_array_get(done, 0)),
		"started acmed-hook@x.service");
	ck_assert_int_eq(unlink("ran"), 0);
	task_configure("Hook=acmed-hook@bad.service %s/one\n", run.folder);
	ck_assert(!task_ask(&run, "hook"));
	ck_assert_str_eq(run.err.code, "P5");
	ck_assert_ptr_nonnull(strstr(run.err.text, "acmed-hook@bad.service"));
	ck_assert_int_ne(access("ran", F_OK), 0);
	fake_systemd_stop(&systemd);
}
END_TEST

/* The program. */

static pid_t start_program(int socket)
{
	char path[PATH_MAX] = "";
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	pid_t child = length > 0 ? fork() : -1;

	if (child == 0) {
		*strstr(path, "/tests/unit/") = '\0';
		strcat(path, "/acmed-deploy");
		dup2(socket, 3);
		setenv("LISTEN_FDS", "1", 1);
		execl(path, path, "-c", run.main_file, NULL);
		_exit(127);
	}
	return child;
}

START_TEST(the_program_answers_one_request_and_ends)
{
	int pair[2];
	int status = -1;

	task_configure("[Export a]\nPath=%s/out/tls.pem\n", run.folder);
	ck_assert_int_eq(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	pid_t child = start_program(pair[1]);
	close(pair[1]);
	cleanup(json) json_t *request = json_pack("{s:i, s:s, s:i, s:s}", "id",
		9, "name", "site", "version", 3, "step", "export");
	ck_assert(message_send(pair[0], request, &run.err));
	cleanup(json) json_t *answer = message_receive(pair[0], &run.err);
	ck_assert_msg(answer != NULL, "%s", run.err.text);
	ck_assert_msg(!message_is_error(answer, &run.err), "%s", run.err.text);
	ck_assert_int_eq(json_integer_value(json_object_get(answer, "id")), 9);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(access("out/tls.pem", F_OK), 0);
	close(pair[0]);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(*(array)))

static void add_programs(TCase *tests)
{
	tcase_add_test(tests, hooks_run_in_order_and_know_the_certificate);
	tcase_add_test(tests, a_hook_that_fails_ends_the_row);
	tcase_add_test(tests, a_reload_command_gets_its_words_without_a_shell);
	tcase_add_test(tests, a_reload_signal_reaches_the_process);
	tcase_add_loop_test(
		tests, a_pid_file_with_nonsense_signals_nobody, 0, COUNT(PIDS));
	tcase_add_test(tests, a_pid_file_that_others_can_write_signals_nobody);
	tcase_add_test(tests, units_are_reloaded_over_the_bus);
	tcase_add_test(tests, hooks_that_are_units_are_started_in_their_turn);
	tcase_add_test(tests, the_program_answers_one_request_and_ends);
}

int main(void)
{
	Suite *suite = suite_create("task_programs");
	TCase *tests = tcase_create("task_programs");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 30);
	add_programs(tests);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
