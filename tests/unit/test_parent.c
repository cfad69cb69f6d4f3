/* SPDX-License-Identifier: MIT */
#include "parent.h"

#include "paths.h"
#include "text.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * The test copies itself to a folder of its own under the names of the
 * programs, and plays all of them: the loop does what comes over WIRE, the
 * helpers tell of themselves to whoever speaks with them.
 */
#define WIRE 9
#define CONFIGURATION "/nowhere/acmed.conf"

static char folder[] = "/tmp/acmed-parent.XXXXXX";
static int wire;
static pid_t parent;
static bool has_users; /* as the loop says */

/* The programs that are played. */

__attribute__((format(printf, 2, 3))) static void send_text(
	int fd, const char *format, ...)
{
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0)
		_exit(99);
}

static bool receive_text(int fd, char text[static 256])
{
	ssize_t length;

	do
		length = recv(fd, text, 255, 0);
	while (length < 0 && errno == EINTR);
	text[length > 0 ? length : 0] = '\0';
	return length > 0;
}

static int play_helper(int argc, char **argv)
{
	const char *name = program_invocation_short_name;
	const char *pid = getenv("LISTEN_PID");
	char text[256];

	signal(SIGTERM, SIG_IGN);
	if (argc != 3 || !streq(argv[1], "-c") ||
		!streq(argv[2], CONFIGURATION))
		return 97;
	if (!pid || atoi(pid) != getpid() || !streq(getenv("LISTEN_FDS"), "1"))
		return 98;
	int fd = streq(name, "acmed-vault") ? accept(3, NULL, NULL) : 3;
	while (receive_text(fd, text)) {
		if (streq(text, "die"))
			_exit(1);
		send_text(fd, "%s %d uid %d %s", name, (int)getpid(),
			(int)getuid(),
			fcntl(WIRE, F_GETFD) < 0 ? "clean" : "leaks");
	}
	return 0;
}

static int call(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/%.16s",
		paths_sockets(), name);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		_exit(96);
	return fd;
}

/* "call NAME" and "kill NAME" keep the conversation open. */
static void obey(const char *order)
{
	char text[256];
	int fd = call(order + strlen("call "));

	if (text_starts_with(order, "kill")) {
		send_text(fd, "die");
		receive_text(fd, text);
		send_text(WIRE, "dead");
		close(fd);
		return;
	}
	send_text(fd, "hello");
	receive_text(fd, text);
	send_text(WIRE, "%s", text);
}

static void on_signal(int number)
{
	send_text(WIRE, number == SIGHUP ? "hup" : "term");
	if (number == SIGTERM)
		_exit(3);
}

static bool can_bind_low_ports(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr = {htonl(INADDR_LOOPBACK)},
		.sin_port = htons(2),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int result = bind(fd, (struct sockaddr *)&address, sizeof(address));

	close(fd);
	return result == 0;
}

static int play_acmed(void)
{
	const struct sigaction action = {.sa_handler = on_signal};
	struct parent_view view;
	struct error err;
	char text[256];

	if (!parent_is_needed() || !parent_split(CONFIGURATION, &view, &err) ||
		!view.is_split)
		return 95;
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	send_text(WIRE, "up uid %d%s%s", (int)getuid(),
		can_bind_low_ports() ? " binds" : "",
		view.has_users ? " users" : "");
	while (receive_text(WIRE, text)) {
		if (text_starts_with(text, "exit "))
			return atoi(text + strlen("exit "));
		obey(text);
	}
	return 94;
}

/* The test. */

static void say(const char *text)
{
	ssize_t sent = send(wire, text, strlen(text), MSG_NOSIGNAL);

	ck_assert_int_eq(sent, (ssize_t)strlen(text));
}

static const char *hear(void)
{
	static char text[256];

	ck_assert_msg(receive_text(wire, text), "the line is dead");
	return text;
}

static void copy_program(void)
{
	char own[256];
	char command[512];
	ssize_t length = readlink("/proc/self/exe", own, sizeof(own) - 1);

	ck_assert_int_gt(length, 0);
	own[length] = '\0';
	snprintf(command, sizeof(command),
		"for p in acmed acmed-vault acmed-hand acmed-deploy; do"
		" cp %s %s/$p || exit 1; done",
		own, folder);
	ck_assert_int_eq(system(command), 0);
}

static void set_up(void)
{
	char text[64];
	int pair[2];

	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chmod(folder, 0755), 0);
	copy_program();
	snprintf(text, sizeof(text), "%s/run/acmed", folder);
	setenv("RUNTIME_DIRECTORY", text, 1);
	snprintf(text, sizeof(text), "%s/lib/acmed", folder);
	setenv("STATE_DIRECTORY", text, 1);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	wire = pair[0];
	parent = fork();
	if (parent == 0) {
		snprintf(text, sizeof(text), "%s/acmed", folder);
		close(pair[0]);
		dup2(pair[1], WIRE);
		execl(text, "acmed", (char *)NULL);
		_exit(127);
	}
	close(pair[1]);
	const char *greeting = hear();
	ck_assert(text_starts_with(greeting, "up "));
	has_users = text_ends_with(greeting, " users");
	ck_assert(geteuid() || strstr(greeting, " binds"));
	ck_assert_int_eq(has_users,
		geteuid() == 0 && getpwnam("acmed") != NULL &&
			getpwnam("acmed-vault") != NULL &&
			getpwnam("acmed-hand") != NULL);
}

static int wait_for_parent(void)
{
	int status;

	ck_assert_int_eq(waitpid(parent, &status, 0), parent);
	parent = 0;
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void tear_down(void)
{
	char command[64];

	if (parent) {
		kill(parent, SIGTERM);
		wait_for_parent();
	}
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

START_TEST(the_folders_and_sockets_are_made)
{
	struct stat status;

	ck_assert_int_eq(stat(paths_state(), &status), 0);
	ck_assert_int_eq(stat(paths_runtime(), &status), 0);
	ck_assert_int_eq(chdir(paths_sockets()), 0);
	ck_assert_int_eq(stat("hand", &status), 0);
	ck_assert(S_ISSOCK(status.st_mode));
	ck_assert_uint_eq(status.st_mode & 07777, 0600);
	ck_assert_int_eq(chdir("/"), 0);
}
END_TEST

START_TEST(the_vault_is_started_when_the_loop_calls)
{
	say("call vault");
	ck_assert(text_starts_with(hear(), "acmed-vault "));
}
END_TEST

START_TEST(a_vault_that_dies_is_started_again)
{
	for (int i = 0; i < 2; i++) {
		say("kill vault");
		ck_assert_str_eq(hear(), "dead");
	}
	say("call vault");
	ck_assert(text_starts_with(hear(), "acmed-vault "));
}
END_TEST

START_TEST(each_conversation_has_a_program_of_its_own)
{
	const char *const names[] = {"hand", "deploy"};
	char first[256];
	char order[16];

	snprintf(order, sizeof(order), "call %s", names[_i]);
	say(order);
	strcpy(first, hear());
	ck_assert_ptr_nonnull(strstr(first, names[_i]));
	ck_assert(text_ends_with(first, " clean"));
	say(order);
	ck_assert_str_ne(hear(), first);
}
END_TEST

/* Without the users, as almost everywhere, all run as the caller. */
START_TEST(each_program_has_its_user_where_there_are_users)
{
	const char *const names[] = {"vault", "hand", "deploy"};

	for (int i = 0; i < 3; i++) {
		char text[64];
		snprintf(text, sizeof(text), "acmed-%s", names[i]);
		const struct passwd *user = getpwnam(text);
		snprintf(text, sizeof(text), "call %s", names[i]);
		say(text);
		snprintf(text, sizeof(text), " uid %u ",
			!has_users     ? geteuid()
				: user ? user->pw_uid
				       : 0);
		const char *told = hear();
		ck_assert_msg(strstr(told, text) != NULL, "%s", told);
	}
}
END_TEST

START_TEST(it_ends_with_the_status_of_the_loop)
{
	char text[256];

	say("call vault");
	hear();
	say("call hand");
	hear();
	say("exit 42");
	ck_assert_int_eq(wait_for_parent(), 42);
	ck_assert(!receive_text(wire, text)); /* nobody is left */
	snprintf(text, sizeof(text), "%s/vault", paths_sockets());
	ck_assert_int_lt(access(text, F_OK), 0);
}
END_TEST

START_TEST(signals_reach_the_loop)
{
	kill(parent, SIGHUP);
	ck_assert_str_eq(hear(), "hup");
	kill(parent, SIGINT);
	ck_assert_str_eq(hear(), "term");
	ck_assert_int_eq(wait_for_parent(), 3);
}
END_TEST

START_TEST(the_loop_does_not_outlive_its_parent)
{
	char text[256];

	kill(parent, SIGKILL);
	ck_assert_str_eq(hear(), "term");
	ck_assert(!receive_text(wire, text));
	ck_assert_int_eq(waitpid(parent, NULL, 0), parent);
	parent = 0;
}
END_TEST

START_TEST(it_is_not_needed_twice)
{
	ck_assert(!parent_is_needed());
	say("exit 0");
	ck_assert_int_eq(wait_for_parent(), 0);
	ck_assert(parent_is_needed());
}
END_TEST

static int run(void)
{
	TCase *tests = tcase_create("parent");
	Suite *suite = suite_create("parent");
	SRunner *runner = srunner_create(suite);

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, the_folders_and_sockets_are_made);
	tcase_add_test(tests, the_vault_is_started_when_the_loop_calls);
	tcase_add_test(tests, a_vault_that_dies_is_started_again);
	tcase_add_loop_test(
		tests, each_conversation_has_a_program_of_its_own, 0, 2);
	tcase_add_test(tests, each_program_has_its_user_where_there_are_users);
	tcase_add_test(tests, it_ends_with_the_status_of_the_loop);
	tcase_add_test(tests, signals_reach_the_loop);
	tcase_add_test(tests, the_loop_does_not_outlive_its_parent);
	tcase_add_test(tests, it_is_not_needed_twice);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	if (streq(program_invocation_short_name, "acmed"))
		return play_acmed();
	if (text_starts_with(program_invocation_short_name, "acmed-"))
		return play_helper(argc, argv);
	return run();
}
