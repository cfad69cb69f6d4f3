/* SPDX-License-Identifier: MIT */
#include "parent.h"

#include "paths.h"
#include "played_programs.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[32];
static int wire;
static pid_t parent;
static bool has_users; /* as the loop says */

static void say(const char *text)
{
	ssize_t sent = send(wire, text, strlen(text), MSG_NOSIGNAL);

	ck_assert_int_eq(sent, (ssize_t)strlen(text));
}

static const char *hear(void)
{
	static char text[256];

	ck_assert_msg(played_receive(wire, text), "the line is dead");
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
		"for p in acmed acmed-vault acmed-hand acmed-deploy "
		"acmed-notify; do"
		" cp %s %s/$p || exit 1; done",
		own, folder);
	ck_assert_int_eq(system(command), 0);
}

static void set_up(void)
{
	char text[64];
	int pair[2];

	strcpy(folder, "/tmp/acmed-parent.XXXXXX");
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
		dup2(pair[1], PLAYED_WIRE);
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
			getpwnam("acmed-hand") != NULL &&
			getpwnam("acmed-notify") != NULL);
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

START_TEST(as_many_of_them_run_as_there_are_jobs)
{
	for (int i = 0; i < 64; i++) {
		say("call deploy");
		ck_assert(text_starts_with(hear(), "acmed-deploy "));
	}
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
	ck_assert(!played_receive(wire, text)); /* nobody is left */
	snprintf(text, sizeof(text), "%s/vault", paths_sockets());
	ck_assert_int_lt(access(text, F_OK), 0);
}
END_TEST

/* Helpers that hear neither the end of file nor SIGTERM. */
START_TEST(helpers_that_are_stuck_are_killed_in_the_end)
{
	static const char *const ORDERS[] = {"jam vault", "jam hand"};
	int pids[2];
	int status;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (int i = 0; i < 2; i++) {
		say(ORDERS[i]);
		const char *blank = strchr(hear(), ' ');
		ck_assert_ptr_nonnull(blank);
		pids[i] = atoi(blank);
		ck_assert_int_gt(pids[i], 1);
		kill(pids[i], SIGTERM);
	}
	say("exit 7");
	ck_assert_int_eq(wait_for_parent(), 7);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert(WIFSIGNALED(status));
		ck_assert_int_eq(WTERMSIG(status), SIGKILL);
	}
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
	ck_assert(!played_receive(wire, text));
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

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, the_folders_and_sockets_are_made);
	tcase_add_test(tests, the_vault_is_started_when_the_loop_calls);
	tcase_add_test(tests, a_vault_that_dies_is_started_again);
	tcase_add_loop_test(
		tests, each_conversation_has_a_program_of_its_own, 0, 2);
	tcase_add_test(tests, as_many_of_them_run_as_there_are_jobs);
	tcase_add_test(tests, each_program_has_its_user_where_there_are_users);
	tcase_add_test(tests, it_ends_with_the_status_of_the_loop);
	tcase_add_test(tests, helpers_that_are_stuck_are_killed_in_the_end);
	tcase_add_test(tests, signals_reach_the_loop);
	tcase_add_test(tests, the_loop_does_not_outlive_its_parent);
	tcase_add_test(tests, it_is_not_needed_twice);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}

int main(int argc, char **argv)
{
	return is_played() ? play_program(argc, argv) : run();
}
