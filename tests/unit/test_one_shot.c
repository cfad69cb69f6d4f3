/* SPDX-License-Identifier: MIT */
#include "handed_socket.h"
#include "json.h"
#include "mem.h"
#include "message.h"
#include "signals.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* The programs that are started for one conversation, as processes. */

static const char *const PROGRAMS[] = {"acmed-deploy", "acmed-notify"};

#define COUNT(array) (int)(sizeof(array) / sizeof(*(array)))
#define NOBODY (-1)

static char folder[32];
static const char *program; /* one of them */
static int pair[2]; /* ours, and the program's */

static void set_up(void)
{
	strcpy(folder, "/tmp/acmed-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
	ck_assert_int_eq(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
}

static void hang_up(int end)
{
	if (pair[end] >= 0)
		close(pair[end]);
	pair[end] = NOBODY;
}

static void tear_down(void)
{
	hang_up(0);
	hang_up(1);
	unlink("out");
	unlink("err");
	ck_assert_int_eq(chdir("/"), 0);
	rmdir(folder);
}

/* Starting. */

static void put_into(int fd, const char *file)
{
	int opened = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	dup2(opened, fd);
	close(opened);
}

_Noreturn static void execute(
	const char *count, int conversation, const char *const *words)
{
	char path[PATH_MAX] = "";
	const char *arguments[8] = {program};

	if (readlink("/proc/self/exe", path, sizeof(path) - 32) < 0)
		_exit(127);
	*strstr(path, "/tests/unit/") = '\0';
	strcat(strcat(path, "/"), program);
	for (int i = 0; words && words[i]; i++)
		arguments[i + 1] = words[i];
	unsetenv("LISTEN_FDS");
	if (count)
		setenv("LISTEN_FDS", count, 1);
	put_into(STDOUT_FILENO, "out");
	put_into(STDERR_FILENO, "err");
	if (conversation == NOBODY)
		close(HANDED_SOCKET);
	else
		dup2(conversation, HANDED_SOCKET);
	signals_reset();
	execv(path, (char *const *)arguments);
	_exit(127);
}

/* `count`: LISTEN_FDS, or NULL. */
static pid_t start(
	const char *count, int conversation, const char *const *words)
{
	pid_t child = fork();

	if (child == 0)
		execute(count, conversation, words);
	return child;
}

static int exit_of(pid_t child)
{
	int status = -1;

	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* In a static buffer. */
static const char *get(const char *file)
{
	static char text[1024];
	FILE *stream = fopen(file, "r");

	ck_assert_ptr_nonnull(stream);
	text[fread(text, 1, sizeof(text) - 1, stream)] = '\0';
	fclose(stream);
	return text;
}

static void assert_usage(pid_t child)
{
	cleanup(string) char *usage =
		text_format("usage: %s [-c FILE] | --version\n"
			    "It is started by %s.socket or by acmed.\n",
			program, program);

	ck_assert_int_eq(exit_of(child), 2);
	ck_assert_str_eq(get("err"), usage);
	ck_assert_str_eq(get("out"), "");
}

/* The command line. */

static const char *const WRONG[][4] = {
	{"x"},
	{"-c"},
	{"-d", "acmed.conf"},
	{"-c", "acmed.conf", "x"},
	{"--version", "x"},
};

START_TEST(a_wrong_command_line_gets_the_usage)
{
	program = PROGRAMS[_i / COUNT(WRONG)];
	assert_usage(start("1", pair[1], WRONG[_i % COUNT(WRONG)]));
}
END_TEST

START_TEST(the_version_needs_no_conversation)
{
	static const char *const WORDS[] = {"--version", NULL};

	program = PROGRAMS[_i];
	pid_t child = start(NULL, NOBODY, WORDS);
	cleanup(string) char *wanted =
		text_format("%s %s\n", program, ACMED_VERSION);
	ck_assert_int_eq(exit_of(child), 0);
	ck_assert_str_eq(get("out"), wanted);
	ck_assert_str_eq(get("err"), "");
}
END_TEST

/* The conversation. */

START_TEST(without_a_conversation_there_is_only_the_usage)
{
	program = PROGRAMS[_i];
	assert_usage(start(NULL, pair[1], NULL));
	assert_usage(start("2", pair[1], NULL));
	assert_usage(start("1", NOBODY, NULL));
}
END_TEST

START_TEST(who_asks_nothing_is_no_failure)
{
	program = PROGRAMS[_i];
	pid_t child = start("1", pair[1], NULL);
	hang_up(0);
	ck_assert_int_eq(exit_of(child), 0);
	ck_assert_str_eq(get("err"), "");
}
END_TEST

START_TEST(nonsense_is_told_and_fails)
{
	program = PROGRAMS[_i];
	pid_t child = start("1", pair[1], NULL);
	cleanup(string) char *wanted = text_format("<3>%s: ", program);
	ck_assert_int_eq(send(pair[0], "{", 1, MSG_NOSIGNAL), 1);
	ck_assert_int_eq(exit_of(child), 1);
	ck_assert_int_eq(strncmp(get("err"), wanted, strlen(wanted)), 0);
	ck_assert_uint_gt(strlen(get("err")), strlen(wanted) + 1);
}
END_TEST

static bool ignores(pid_t child, unsigned long wanted)
{
	char path[64], line[256];
	unsigned long ignored = 0;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)child);
	FILE *status = fopen(path, "r");
	ck_assert_ptr_nonnull(status);
	while (fgets(line, sizeof(line), status))
		if (sscanf(line, "SigIgn: %lx", &ignored) == 1)
			break;
	fclose(status);
	return (ignored & wanted) == wanted;
}

static unsigned long bit_of(int number)
{
	return 1ul << (number - 1);
}

START_TEST(one_request_is_answered_whatever_signals_come)
{
	static const int SIGNALS[] = {SIGHUP, SIGINT, SIGTERM, SIGPIPE};
	unsigned long all = 0;
	struct error err = {0};

	program = PROGRAMS[_i];
	pid_t child = start("1", pair[1], NULL);
	for (int i = 0; i < COUNT(SIGNALS); i++)
		all |= bit_of(SIGNALS[i]);
	while (!ignores(child, all))
		usleep(1000);
	for (int i = 0; i < COUNT(SIGNALS); i++)
		ck_assert_int_eq(kill(child, SIGNALS[i]), 0);
	cleanup(json) json_t *request = json_pack("{s:i}", "id", 9);
	ck_assert(message_send(pair[0], request, &err));
	cleanup(json) json_t *answer = message_receive(pair[0], &err);
	ck_assert_msg(answer != NULL, "%s", err.text);
	ck_assert_int_eq(json_integer_value(json_object_get(answer, "id")), 9);
	ck_assert(message_is_error(answer, &err));
	hang_up(1);
	ck_assert_ptr_null(message_receive(pair[0], &err));
	ck_assert_int_eq(err.kind, ERROR_NONE);
	ck_assert_int_eq(exit_of(child), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("one_shot");
	TCase *tests = tcase_create("one_shot");
	const int all = COUNT(PROGRAMS);

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 30);
	tcase_add_loop_test(tests, a_wrong_command_line_gets_the_usage, 0,
		all * COUNT(WRONG));
	tcase_add_loop_test(tests, the_version_needs_no_conversation, 0, all);
	tcase_add_loop_test(
		tests, without_a_conversation_there_is_only_the_usage, 0, all);
	tcase_add_loop_test(tests, who_asks_nothing_is_no_failure, 0, all);
	tcase_add_loop_test(tests, nonsense_is_told_and_fails, 0, all);
	tcase_add_loop_test(
		tests, one_request_is_answered_whatever_signals_come, 0, all);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
