/* SPDX-License-Identifier: MIT */
#include "turn.h"

#include "paths.h"
#include "suite.h"

#include <check.h>
#undef fail
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char folder[32];
static int gone; /* a conversation whose other end is closed */
static struct error err;

static time_t later; /* seconds that the clock is ahead, once it was asked */
static bool is_asked;

int __real_clock_gettime(clockid_t, struct timespec *);
int __wrap_clock_gettime(clockid_t, struct timespec *);
int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
	int result = __real_clock_gettime(clock, time);

	time->tv_sec += is_asked ? later : 0;
	is_asked = true;
	return result;
}

static void set_up(void)
{
	char runtime[64];
	int pair[2];

	strcpy(folder, "/tmp/acmed-unit-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
	snprintf(runtime, sizeof(runtime), "%s/run", folder);
	setenv("RUNTIME_DIRECTORY", runtime, 1);
	ck_assert_int_eq(mkdir(paths_sockets(), 0700), 0);
	ck_assert_int_eq(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	close(pair[0]);
	gone = pair[1];
	later = 0;
	err = (struct error){0};
}

static void tear_down(void)
{
	close(gone);
	unlink("run-sockets/deploy.lock");
	rmdir("run-sockets");
	ck_assert_int_eq(chdir("/"), 0);
	rmdir(folder);
}

/* Who waits for it gives up at once, as nobody waits for him. */
static bool is_free(const char *certificate)
{
	struct turn turn;

	if (!turn_take(&turn, certificate, gone, &err))
		return false;
	turn_leave(&turn);
	return true;
}

START_TEST(one_has_it_at_a_time)
{
	struct turn turn;

	ck_assert(turn_take(&turn, "site", -1, &err));
	ck_assert(!is_free("site"));
	ck_assert_str_eq(err.text, "nobody waits for it any more");
	turn_leave(&turn);
	ck_assert(is_free("site"));
}
END_TEST

START_TEST(who_waits_too_long_says_so_before_the_loop_gives_up)
{
	struct turn turn, other;

	ck_assert(turn_take(&turn, "site", -1, &err));
	is_asked = false;
	later = 55;
	ck_assert(!turn_take(&other, "site", -1, &err));
	ck_assert_str_eq(err.code, "P6");
	ck_assert_ptr_nonnull(strstr(err.text, "'site'"));
	turn_leave(&turn);
}
END_TEST

START_TEST(each_certificate_has_its_own)
{
	struct turn turn;

	ck_assert(turn_take(&turn, "site", -1, &err));
	ck_assert(is_free("site+rsa-2048"));
	ck_assert(is_free("sitf"));
	ck_assert(is_free("www.example.net"));
	turn_leave(&turn);
}
END_TEST

START_TEST(it_goes_with_the_process)
{
	int ready[2];
	char byte;
	struct turn turn;

	ck_assert_int_eq(pipe(ready), 0);
	pid_t child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (turn_take(&turn, "site", -1, &err) &&
			write(ready[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	ck_assert(!is_free("site"));
	kill(child, SIGKILL);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	ck_assert(is_free("site"));
}
END_TEST

START_TEST(who_has_gone_does_not_wait)
{
	int pair[2];
	struct turn turn;

	ck_assert_int_eq(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	ck_assert(turn_take(&turn, "site", pair[1], &err));
	ck_assert(turn_is_wanted(&turn, &err));
	ck_assert_int_eq(shutdown(pair[0], SHUT_WR), 0);
	ck_assert(turn_is_wanted(&turn, &err));
	close(pair[0]);
	ck_assert(!turn_is_wanted(&turn, &err));
	ck_assert_str_eq(err.text, "nobody waits for it any more");
	turn_leave(&turn);
	close(pair[1]);
}
END_TEST

START_TEST(nobody_else_can_open_what_is_locked)
{
	struct stat status;

	ck_assert(is_free("site"));
	ck_assert(is_free("other"));
	ck_assert_int_eq(stat("run-sockets/deploy.lock", &status), 0);
	ck_assert_uint_eq(status.st_mode & 07777, 0600);
	ck_assert_int_eq(status.st_size, 0);
}
END_TEST

START_TEST(without_its_folder_there_is_none)
{
	rmdir("run-sockets");
	ck_assert(!is_free("site"));
	ck_assert_int_eq(err.kind, ERROR_LOCAL);
	ck_assert_ptr_nonnull(strstr(err.text, "/run-sockets/deploy.lock'"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("turn");
	TCase *tests = tcase_create("turn");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 30);
	tcase_add_test(tests, one_has_it_at_a_time);
	tcase_add_test(
		tests, who_waits_too_long_says_so_before_the_loop_gives_up);
	tcase_add_test(tests, each_certificate_has_its_own);
	tcase_add_test(tests, it_goes_with_the_process);
	tcase_add_test(tests, who_has_gone_does_not_wait);
	tcase_add_test(tests, nobody_else_can_open_what_is_locked);
	tcase_add_test(tests, without_its_folder_there_is_none);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
