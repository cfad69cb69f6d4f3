/* SPDX-License-Identifier: MIT */
#include "sandbox_calls.h"

#include "suite.h"
#include "text.h"

#include <check.h>
#include <errno.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Every rule of the filter, one call each, with arguments that mean nothing:
 * the list here is written down apart from the one of the filter, so that a
 * rule that is lost fails, and so does one that is added without a word here.
 */

#define NUMBERS 470 /* those of any machine, by now */
#define NONE (-1L)

static const char *const ALLOWED[] = {"access", "arch_prctl", "brk",
	"clock_getres", "clock_gettime", "clock_nanosleep", "close",
	"close_range", "dup", "dup2", "dup3", "epoll_create", "epoll_create1",
	"epoll_ctl", "epoll_pwait", "epoll_pwait2", "epoll_wait", "eventfd",
	"eventfd2", "faccessat", "faccessat2", "fchdir", "fchmod", "fcntl",
	"fdatasync", "flock", "fstat", "fstatfs", "fsync", "ftruncate",
	"getcwd", "getcpu", "getdents", "getdents64", "getegid", "geteuid",
	"getgid", "getgroups", "getpeername", "getpgrp", "getpid", "getppid",
	"getrandom", "getresgid", "getresuid", "getrlimit", "getrusage",
	"getsockname", "getsockopt", "gettid", "gettimeofday", "getuid",
	"inotify_add_watch", "inotify_init1", "inotify_rm_watch", "ioctl",
	"kill", "lseek", "lstat", "madvise", "membarrier", "mkdir", "mkdirat",
	"mlock", "mlock2", "mmap", "mprotect", "mremap", "munlock", "munmap",
	"nanosleep", "newfstatat", "open", "openat", "openat2", "pipe", "pipe2",
	"poll", "ppoll", "prctl", "pread64", "preadv", "prlimit64", "pselect6",
	"pwrite64", "pwritev", "read", "readlink", "readlinkat", "readv",
	"recvfrom", "recvmmsg", "recvmsg", "rename", "renameat", "renameat2",
	"restart_syscall", "rmdir", "rseq", "rt_sigaction", "rt_sigpending",
	"rt_sigprocmask", "rt_sigsuspend", "rt_sigtimedwait",
	"sched_getaffinity", "sched_yield", "select", "sendmmsg", "sendmsg",
	"sendto", "set_robust_list", "set_tid_address", "setrlimit",
	"setsockopt", "shutdown", "sigaltstack", "signalfd4", "stat", "statfs",
	"statx", "symlink", "symlinkat", "sync_file_range", "syncfs", "sysinfo",
	"tgkill", "time", "timerfd_create", "timerfd_gettime",
	"timerfd_settime", "tkill", "umask", "uname", "unlink", "unlinkat",
	"utimensat", "accept", "accept4", "wait4", "waitid", "write", "writev",
	"chmod", "fchmodat", NULL};

/* Each is called by a test of its own: some do not come back, and the kernel
 * itself says ENOSYS to a futex that is asked for nothing. */
static const char *const CALLED_ELSEWHERE[] = {"clone", "exit", "exit_group",
	"fork", "futex", "rt_sigreturn", "vfork", NULL};

static const char *const OF_THE_NETWORK[] = {
	"bind", "connect", "listen", "socketpair", NULL};

static const char *const REFUSED[] = {"acct", "add_key", "adjtimex", "bpf",
	"chown", "chroot", "clock_adjtime", "clock_settime", "delete_module",
	"fanotify_init", "fchown", "fchownat", "finit_module", "init_module",
	"io_uring_enter", "io_uring_register", "io_uring_setup", "ioperm",
	"iopl", "kexec_file_load", "kexec_load", "keyctl", "lchown", "link",
	"linkat", "memfd_create", "mknod", "mknodat", "mount", "mount_setattr",
	"move_mount", "name_to_handle_at", "open_by_handle_at", "open_tree",
	"perf_event_open", "personality", "pivot_root", "quotactl", "reboot",
	"request_key", "setdomainname", "setfsgid", "setfsuid", "setgid",
	"setgroups", "sethostname", "setns", "setregid", "setresgid",
	"setresuid", "setreuid", "settimeofday", "setuid", "shmat", "shmget",
	"swapoff", "swapon", "syslog", "umount2", "unshare", "userfaultfd",
	NULL};

static const char *const DEADLY[] = {"execve", "execveat", "kcmp",
	"pidfd_getfd", "process_madvise", "process_vm_readv",
	"process_vm_writev", "ptrace", NULL};

static int number_of(const char *name)
{
	return seccomp_syscall_resolve_name(name);
}

/* What the kernel or the filter says to a call that means nothing. */
static int answer_to(int number)
{
	errno = 0;
	return syscall(number, NONE, NONE, NONE, NONE, NONE, NONE) == -1 ? errno
									 : 0;
}

static bool filter(enum sandbox_calls calls)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
		sandbox_calls_filter(calls, false);
}

/* A child behind the filter, which ends with what `act` says. */
static int status_of(enum sandbox_calls calls, int (*act)(void))
{
	int status = 0;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (!child)
		_exit(filter(calls) ? act() : 77);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return status;
}

static void passes(enum sandbox_calls calls, int (*act)(void))
{
	ck_assert_int_eq(status_of(calls, act), 0);
}

static bool complain(const char *name, const char *what)
{
	fprintf(stderr, "%s is %s\n", name, what);
	return false;
}

/* Allowed is what the kernel answers as it did before. */
static bool is_open(const char *const *names, const int *before)
{
	bool is_fine = true;

	for (; *names; names++, before++) {
		int number = number_of(*names);
		if (number < 0 || *before == ENOSYS)
			continue;
		int after = answer_to(number);
		if (after == ENOSYS || (after == EPERM && *before != EPERM))
			is_fine = complain(*names, "not allowed");
	}
	return is_fine;
}

static void ask_before(const char *const *names, int *before)
{
	for (; *names; names++)
		*before++ = number_of(*names) < 0
			? ENOSYS
			: answer_to(number_of(*names));
}

static void allows(enum sandbox_calls calls, const char *const *names)
{
	int status = 0;
	pid_t child = fork();

	if (!child) {
		int before[sizeof(ALLOWED) / sizeof(*ALLOWED)];
		ask_before(names, before);
		_exit(filter(calls) && is_open(names, before) ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}

START_TEST(what_is_needed_is_allowed)
{
	allows(SANDBOX_CALLS_FILES, ALLOWED);
	allows(SANDBOX_CALLS_NETWORK, ALLOWED);
	allows(SANDBOX_CALLS_NETWORK, OF_THE_NETWORK);
}
END_TEST

static bool are_refused(const char *const *names)
{
	bool is_fine = true;

	for (; *names; names++)
		if (number_of(*names) >= 0 &&
			answer_to(number_of(*names)) != EPERM)
			is_fine = complain(*names, "not refused");
	return is_fine;
}

static int refuse(void)
{
	return are_refused(REFUSED) ? 0 : 1;
}

static int refuse_network(void)
{
	return are_refused(OF_THE_NETWORK) ? 0 : 1;
}

START_TEST(what_is_forbidden_is_refused)
{
	passes(SANDBOX_CALLS_FILES, refuse);
	passes(SANDBOX_CALLS_NETWORK, refuse);
	passes(SANDBOX_CALLS_FILES, refuse_network);
}
END_TEST

static const char *called;

static int call_it(void)
{
	answer_to(number_of(called));
	return 0;
}

static bool has_sanitizer(void)
{
#if defined(__SANITIZE_ADDRESS__)
	return true;
#else
	return false;
#endif
}

START_TEST(what_only_an_intruder_calls_kills)
{
	called = DEADLY[_i];
	if (has_sanitizer() || number_of(called) < 0)
		return;
	int status = status_of(SANDBOX_CALLS_NETWORK, call_it);
	ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS,
		"%s does not kill", called);
}
END_TEST

static bool has_number(const char *const *names, int number)
{
	for (; *names; names++)
		if (number_of(*names) == number)
			return true;
	return false;
}

/* The kernel hides some without a name from every filter. */
static bool has_name(int number)
{
	char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);

	free(name);
	return name != NULL;
}

static bool is_known(int number)
{
	return !has_name(number) || has_number(ALLOWED, number) ||
		has_number(REFUSED, number) ||
		has_number(OF_THE_NETWORK, number) ||
		has_number(CALLED_ELSEWHERE, number) ||
		has_number(DEADLY, number) || number == number_of("socket");
}

static int call_all_others(void)
{
	for (int number = 0; number < NUMBERS; number++)
		if (!is_known(number) && answer_to(number) != ENOSYS) {
			fprintf(stderr, "call %d is not unknown\n", number);
			return 1;
		}
	return 0;
}

START_TEST(all_else_does_not_exist)
{
	passes(SANDBOX_CALLS_FILES, call_all_others);
	passes(SANDBOX_CALLS_NETWORK, call_all_others);
}
END_TEST

/* Sockets. */

static bool opens(int family)
{
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static int open_all_families(void)
{
	static const int NEEDED[] = {AF_UNIX, AF_INET, AF_NETLINK};

	for (size_t i = 0; i < sizeof(NEEDED) / sizeof(*NEEDED); i++)
		if (!opens(NEEDED[i]))
			return 1;
	if (!opens(AF_INET6) && errno != EAFNOSUPPORT)
		return 2;
	for (int family = 0; family <= AF_MAX; family++)
		if (family != AF_UNIX && family != AF_INET &&
			family != AF_INET6 && family != AF_NETLINK &&
			(opens(family) || errno != ENOSYS))
			return 3;
	return 0;
}

START_TEST(a_network_is_of_four_families)
{
	passes(SANDBOX_CALLS_NETWORK, open_all_families);
}
END_TEST

static int open_none(void)
{
	for (int family = 0; family <= AF_MAX; family++)
		if (opens(family) || errno != EPERM)
			return 1;
	return 0;
}

START_TEST(without_one_there_is_none)
{
	passes(SANDBOX_CALLS_FILES, open_none);
}
END_TEST

/* Processes. */

static int await(pid_t child)
{
	int status = 0;

	if (child < 0 || waitpid(child, &status, 0) != child)
		return 1;
	return WIFEXITED(status) && WEXITSTATUS(status) == 3 ? 0 : 2;
}

/* By a clone, as of glibc. */
static int make_a_child(void)
{
	pid_t child = fork();

	if (!child)
		syscall(SYS_exit, 3);
	return await(child);
}

START_TEST(a_child_can_be_made)
{
	passes(SANDBOX_CALLS_FILES, make_a_child);
}
END_TEST

/* And by the call that musl prefers where the machine has it. */
#ifdef SYS_fork
static int make_one_with_fork(void)
{
	pid_t child = (pid_t)syscall(SYS_fork);

	if (!child)
		_exit(3);
	return await(child);
}

START_TEST(or_with_the_older_fork)
{
	passes(SANDBOX_CALLS_FILES, make_one_with_fork);
}
END_TEST
#endif

/* No function may return in its child, so that libc has to call it. */
#ifdef SYS_vfork
static int make_one_with_vfork(void)
{
	pid_t child = vfork();

	if (!child)
		_exit(3);
	return await(child);
}

START_TEST(or_with_vfork)
{
	passes(SANDBOX_CALLS_FILES, make_one_with_vfork);
}
END_TEST
#endif

#ifdef SYS_futex
static int wake_nobody(void)
{
	uint32_t word = 0;

	return syscall(SYS_futex, &word, FUTEX_WAKE, 1, NULL, NULL, 0) == 0 ? 0
									    : 1;
}

START_TEST(a_thread_can_be_woken)
{
	passes(SANDBOX_CALLS_FILES, wake_nobody);
}
END_TEST
#endif

static int make_a_namespace(void)
{
	static const unsigned long FLAGS[] = {CLONE_NEWUSER, CLONE_NEWNS,
		CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS,
		CLONE_NEWCGROUP};

	for (size_t i = 0; i < sizeof(FLAGS) / sizeof(*FLAGS); i++) {
		long child = syscall(SYS_clone, FLAGS[i] | SIGCHLD, 0, 0, 0, 0);
		if (child == 0)
			_exit(0);
		if (child > 0 || errno != ENOSYS)
			return (int)i + 1;
	}
	return 0;
}

START_TEST(but_none_with_a_namespace_of_its_own)
{
	passes(SANDBOX_CALLS_NETWORK, make_a_namespace);
}
END_TEST

static volatile sig_atomic_t was_called;

static void on_signal(int number)
{
	(void)number;
	was_called = 1;
}

static int take_a_signal(void)
{
	signal(SIGUSR1, on_signal);
	raise(SIGUSR1);
	return was_called ? 0 : 1;
}

START_TEST(a_signal_comes_and_goes)
{
	passes(SANDBOX_CALLS_FILES, take_a_signal);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sandbox_calls");
	TCase *tests = tcase_create("sandbox_calls");

	tcase_add_test(tests, what_is_needed_is_allowed);
	tcase_add_test(tests, what_is_forbidden_is_refused);
	tcase_add_loop_test(tests, what_only_an_intruder_calls_kills, 0,
		(int)(sizeof(DEADLY) / sizeof(*DEADLY)) - 1);
	tcase_add_test(tests, all_else_does_not_exist);
	tcase_add_test(tests, a_network_is_of_four_families);
	tcase_add_test(tests, without_one_there_is_none);
	tcase_add_test(tests, a_child_can_be_made);
#ifdef SYS_fork
	tcase_add_test(tests, or_with_the_older_fork);
#endif
#ifdef SYS_vfork
	tcase_add_test(tests, or_with_vfork);
#endif
#ifdef SYS_futex
	tcase_add_test(tests, a_thread_can_be_woken);
#endif
	tcase_add_test(tests, but_none_with_a_namespace_of_its_own);
	tcase_add_test(tests, a_signal_comes_and_goes);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
