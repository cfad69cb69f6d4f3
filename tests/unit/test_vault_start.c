/* SPDX-License-Identifier: MIT */
#include "suite.h"
#include "text.h"
#include "vault_run.h"

#include <check.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#undef fail /* ours, not the old one of check */

/* How acmed-vault is started: only as systemd or acmed do it. */

#define OWN "own" /* for the number of the process */

static struct vault_run run; /* its folders */

static void prepare(void)
{
	run_prepare(&run);
}

static void clean(void)
{
	run_clean(&run);
}

struct start {
	const char *arguments[3];
	const char *pid, *count; /* LISTEN_PID, LISTEN_FDS, or NULL */
	int socket; /* -1: none */
};

static void become(const struct start *start)
{
	char self[PATH_MAX] = "", path[PATH_MAX + 32], pid[16];

	ck_assert_int_gt(readlink("/proc/self/exe", self, PATH_MAX - 1), 0);
	snprintf(path, sizeof(path), "%s/acmed-vault",
		dirname(dirname(dirname(self))));
	setenv("CONFIGURATION_DIRECTORY", run_path(&run, "etc"), 1);
	setenv("STATE_DIRECTORY", run_path(&run, "state"), 1);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	if (start->pid)
		setenv("LISTEN_PID", streq(start->pid, OWN) ? pid : start->pid,
			1);
	if (start->count)
		setenv("LISTEN_FDS", start->count, 1);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	dup2(null, 1);
	dup2(null, 2);
	if (start->socket >= 0)
		dup2(start->socket, 3);
	close_range(start->socket >= 0 ? 4 : 3, ~0U, 0);
	execl(path, path, start->arguments[0], start->arguments[1],
		start->arguments[2], (char *)NULL);
	_exit(127);
}

static int status_of(const struct start *start)
{
	int status = 0;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		become(start);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

START_TEST(it_tells_its_version)
{
	const struct start start = {{"--version"}, .socket = -1};

	ck_assert_int_eq(status_of(&start), 0);
}
END_TEST

START_TEST(other_words_are_a_wrong_use)
{
	static const struct start STARTS[] = {
		{{"-v"}, .socket = -1},
		{{"-c"}, .socket = -1},
		{{"-d", "x"}, .socket = -1},
		{{"--version", "x"}, .socket = -1},
		{{"-c", "x", "y"}, .socket = -1},
	};

	for (size_t i = 0; i < sizeof(STARTS) / sizeof(*STARTS); i++)
		ck_assert_int_eq(status_of(&STARTS[i]), 2);
}
END_TEST

START_TEST(without_a_socket_for_it_it_does_not_start)
{
	static const struct start STARTS[] = {
		{.socket = -1},
		{.pid = OWN, .socket = -1},
		{.count = "1", .socket = -1},
		{.pid = "1", .count = "1", .socket = -1},
		{.pid = OWN, .count = "2", .socket = -1},
		{.pid = OWN, .count = "1", .socket = -1},
	};

	for (size_t i = 0; i < sizeof(STARTS) / sizeof(*STARTS); i++)
		ck_assert_int_eq(status_of(&STARTS[i]), 2);
	ck_assert(!run_exists(&run, "state"));
}
END_TEST

/* It serves what it is given: nobody is at the other end. */
static int serve_nobody(const char *flag, const char *file)
{
	struct start start = {
		{flag, file}, .pid = OWN, .count = "1", .socket = -1};
	int pair[2];

	ck_assert_int_eq(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	close(pair[0]);
	start.socket = pair[1];
	int status = status_of(&start);
	close(pair[1]);
	return status;
}

START_TEST(the_configuration_may_lie_elsewhere)
{
	ck_assert_int_eq(serve_nobody(NULL, NULL), 0);
	ck_assert(run_exists(&run, "state/archive"));
	ck_assert_int_eq(serve_nobody("-c", run_path(&run, "etc/x.conf")), 0);
	ck_assert_int_eq(serve_nobody("-c", "x.conf"), 0);
}
END_TEST

START_TEST(a_folder_that_is_none_ends_nothing)
{
	run_write(&run, "state", "a file\n");
	ck_assert_int_eq(serve_nobody(NULL, NULL), 0);
}
END_TEST

START_TEST(what_is_no_socket_ends_it)
{
	struct start start = {.pid = OWN, .count = "1"};

	start.socket = open("/dev/null", O_RDWR | O_CLOEXEC);
	ck_assert_int_ge(start.socket, 0);
	ck_assert_int_eq(status_of(&start), 0);
	close(start.socket);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vault_start");
	TCase *tests = tcase_create("vault_start");

	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, it_tells_its_version);
	tcase_add_test(tests, other_words_are_a_wrong_use);
	tcase_add_test(tests, without_a_socket_for_it_it_does_not_start);
	tcase_add_test(tests, the_configuration_may_lie_elsewhere);
	tcase_add_test(tests, a_folder_that_is_none_ends_nothing);
	tcase_add_test(tests, what_is_no_socket_ends_it);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
