/* SPDX-License-Identifier: MIT */
#include "sandbox_calls.h"

#include "suite.h"

#include <check.h>
#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * The filter as a whole: what it says to all that no list names, what it
 * logs, what becomes of calls of another kind of machine, and of a library
 * that cannot make it. Its single rules are those of test_sandbox_calls.c.
 */

#define HAS_LOG 3 /* of the API levels of libseccomp */

static volatile bool is_going_round, is_unknown;
static uint32_t log_flag, to_the_rest, to_foreigners;
int __real_seccomp_load(scmp_filter_ctx filter);
int __wrap_seccomp_load(scmp_filter_ctx filter);

/* As that of 2.5.4 short of memory, or on a kernel without filters. */
int __wrap_seccomp_load(scmp_filter_ctx filter)
{
	while (is_going_round)
		continue;
	seccomp_attr_get(filter, SCMP_FLTATR_CTL_LOG, &log_flag);
	seccomp_attr_get(filter, SCMP_FLTATR_ACT_DEFAULT, &to_the_rest);
	seccomp_attr_get(filter, SCMP_FLTATR_ACT_BADARCH, &to_foreigners);
	if (is_unknown)
		errno = EINVAL;
	return is_unknown ? -ECANCELED : __real_seccomp_load(filter);
}

static bool filter(bool only_logs)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
		sandbox_calls_filter(SANDBOX_CALLS_NETWORK, only_logs);
}

/* Of a child that does that, behind a filter or before it puts one up. */
static int status_of(int (*act)(void))
{
	int status = 0;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (!child)
		_exit(act());
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return status;
}

static bool is_killed(int status)
{
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

/* What it says. */

static int is_logged(void)
{
	return seccomp_api_get() < HAS_LOG || log_flag == 1 ? 0 : 1;
}

static int look_at_refusals(void)
{
	if (!filter(false))
		return 77;
	if (to_the_rest != SCMP_ACT_ERRNO(ENOSYS))
		return 2;
	return to_foreigners == SCMP_ACT_KILL_PROCESS ? is_logged() : 3;
}

START_TEST(what_is_refused_is_logged)
{
	ck_assert_int_eq(status_of(look_at_refusals), 0);
}
END_TEST

static int look_at_the_log(void)
{
	if (!filter(true))
		return 77;
	if (to_the_rest != SCMP_ACT_LOG || to_foreigners != SCMP_ACT_LOG)
		return 2;
	return is_logged();
}

START_TEST(what_would_be_refused_is_logged)
{
	ck_assert_int_eq(status_of(look_at_the_log), 0);
}
END_TEST

/* Calls of another kind of machine, which have numbers of their own. */
#if defined(__x86_64__) && defined(__LP64__)
#define X32 0x40000000
#define OF_I386 20 /* getpid there */

static int call_as_x32(void)
{
	return filter(false) ? (int)syscall(X32 | SYS_getpid) : 77;
}

START_TEST(a_call_of_x32_kills)
{
	ck_assert(is_killed(status_of(call_as_x32)));
}
END_TEST

static bool is_made_as_i386(void)
{
	long value = OF_I386;

	__asm__ volatile("int $0x80"
			 : "+a"(value)
			 :
			 : "memory", "r8", "r9", "r10", "r11");
	return value == getpid();
}

static int call_as_i386(void)
{
	return is_made_as_i386() ? 0 : 1;
}

static int call_as_i386_inside(void)
{
	return filter(false) ? call_as_i386() : 77;
}

START_TEST(a_call_of_i386_kills)
{
	if (status_of(call_as_i386) != 0)
		fprintf(stderr, "SKIPPED: this kernel has no calls of i386\n");
	else
		ck_assert(is_killed(status_of(call_as_i386_inside)));
}
END_TEST

static void add_foreigners(TCase *tests)
{
	tcase_add_test(tests, a_call_of_x32_kills);
	tcase_add_test(tests, a_call_of_i386_kills);
}
#else
static void add_foreigners(TCase *tests)
{
	(void)tests;
}
#endif

/* A library that cannot make it. */

static int has_time(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_CPU, &limit) == 0 &&
			limit.rlim_cur == RLIM_INFINITY
		? 0
		: 1;
}

static int has_time_inside(void)
{
	return filter(false) ? has_time() : 77;
}

START_TEST(a_library_that_goes_round_is_ended)
{
	ck_assert_int_eq(status_of(has_time_inside), 0);
	is_going_round = true;
	int status = status_of(has_time_inside);
	is_going_round = false;
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), SIGXCPU);
}
END_TEST

static int has_time_without_it(void)
{
	is_unknown = true;
	bool is_up = filter(false);
	return !is_up && errno == EINVAL ? has_time() : 1;
}

START_TEST(without_filters_there_is_no_limit_either)
{
	ck_assert_int_eq(status_of(has_time_without_it), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sandbox_filter");
	TCase *tests = tcase_create("sandbox_filter");

	tcase_add_test(tests, what_is_refused_is_logged);
	tcase_add_test(tests, what_would_be_refused_is_logged);
	add_foreigners(tests);
	tcase_add_test(tests, a_library_that_goes_round_is_ended);
	tcase_add_test(tests, without_filters_there_is_no_limit_either);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
