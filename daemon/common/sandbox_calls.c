/* SPDX-License-Identifier: MIT */
#include "sandbox_calls.h"

#include "mem.h"
#include "text.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

#if defined(__SANITIZE_ADDRESS__)
#define HAS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif
#ifndef HAS_SANITIZER
#define HAS_SANITIZER 0
#endif

#define NEEDED (1 << 20) /* bytes, many times what a filter takes */
#define PATIENCE 3 /* seconds of processor time, where milliseconds do */

/* What no list names is answered ENOSYS, as by an older kernel. */

static const char *const CALLS_FILES[] = {"access", "arch_prctl", "brk",
	"clock_getres", "clock_gettime", "clock_nanosleep", "close",
	"close_range", "dup", "dup2", "dup3", "epoll_create", "epoll_create1",
	"epoll_ctl", "epoll_pwait", "epoll_pwait2", "epoll_wait", "eventfd",
	"eventfd2", "exit", "exit_group", "faccessat", "faccessat2", "fchdir",
	"fchmod", "fcntl", "fcntl64", "fdatasync", "flock", "fork", "fstat",
	"fstat64", "fstatat64", "fstatfs", "fstatfs64", "fsync", "ftruncate",
	"futex", "futex_time64", "getcwd", "getcpu", "getdents", "getdents64",
	"getegid", "getegid32", "geteuid", "geteuid32", "getgid", "getgid32",
	"getgroups", "getgroups32", "getpeername", "getpgrp", "getpid",
	"getppid", "getrandom", "getresgid", "getresuid", "getrlimit",
	"getrusage", "getsockname", "getsockopt", "gettid", "gettimeofday",
	"getuid", "getuid32", "inotify_add_watch", "inotify_init1",
	"inotify_rm_watch", "ioctl", "kill", "lseek", "_llseek", "lstat",
	"lstat64", "madvise", "membarrier", "mkdir", "mkdirat", "mlock",
	"mlock2", "mmap", "mmap2", "mprotect", "mremap", "munlock", "munmap",
	"nanosleep", "newfstatat", "open", "openat", "openat2", "pipe", "pipe2",
	"poll", "ppoll", "ppoll_time64", "prctl", "pread64", "preadv",
	"prlimit64", "pselect6", "pselect6_time64", "pwrite64", "pwritev",
	"read", "readlink", "readlinkat", "readv", "recv", "recvfrom",
	"recvmmsg", "recvmsg", "rename", "renameat", "renameat2",
	"restart_syscall", "rmdir", "rseq", "rt_sigaction", "rt_sigpending",
	"rt_sigprocmask", "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait",
	"sched_getaffinity", "sched_yield", "select", "send", "sendmmsg",
	"sendmsg", "sendto", "set_robust_list", "set_tid_address", "setrlimit",
	"setsockopt", "shutdown", "sigaltstack", "sigreturn", "signalfd4",
	"stat", "stat64", "statfs", "statfs64", "statx", "symlink", "symlinkat",
	"sync_file_range", "syncfs", "sysinfo", "tgkill", "time",
	"timerfd_create", "timerfd_gettime", "timerfd_settime",
	"timerfd_settime64", "tkill", "ugetrlimit", "umask", "uname", "unlink",
	"unlinkat", "utimensat", "accept", "accept4", "vfork", "wait4",
	"waitid", "waitpid", "write", "writev", "chmod", "fchmodat", NULL};

static const char *const CALLS_NETWORK[] = {
	"bind", "connect", "listen", "socketpair", NULL};

/* And with one this, of these families: D-Bus and the journal are AF_UNIX. */
static const char *const CALL_SOCKET[] = {"socket", NULL};
static const int FAMILIES[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};

/* Known, and never needed: refused so that the log says who asked. */
static const char *const CALLS_FORBIDDEN[] = {"acct", "add_key", "adjtimex",
	"bind", "bpf", "chown", "chroot", "clock_adjtime", "clock_settime",
	"connect", "delete_module", "fanotify_init", "fchown", "fchownat",
	"finit_module", "init_module", "io_uring_enter", "io_uring_register",
	"io_uring_setup", "ioperm", "iopl", "kexec_file_load", "kexec_load",
	"keyctl", "lchown", "link", "linkat", "listen", "memfd_create", "mknod",
	"mknodat", "mount", "mount_setattr", "move_mount", "name_to_handle_at",
	"open_by_handle_at", "open_tree", "perf_event_open", "personality",
	"pivot_root", "quotactl", "reboot", "request_key", "setdomainname",
	"setfsgid", "setfsuid", "setgid", "setgroups", "sethostname", "setns",
	"setregid", "setresgid", "setresuid", "setreuid", "settimeofday",
	"setuid", "shmat", "shmget", "socketpair", "swapoff", "swapon",
	"syslog", "umount2", "unshare", "userfaultfd", NULL};

/* Whoever calls these is not us any more. */
static const char *const CALLS_DEADLY[] = {"execve", "execveat", "kcmp",
	"pidfd_getfd", "process_madvise", "process_vm_readv",
	"process_vm_writev", "ptrace", NULL};

static bool is_in(const char *const *list, const char *name)
{
	for (; *list; list++)
		if (streq(*list, name))
			return true;
	return false;
}

/* A call that this machine does not have is no mistake. */
static bool add_calls(scmp_filter_ctx filter, uint32_t action,
	const char *const *names, const char *const *except)
{
	for (; *names; names++) {
		int number = seccomp_syscall_resolve_name(*names);
		if (number == __NR_SCMP_ERROR || number < 0)
			continue;
		if (except && is_in(except, *names))
			continue;
		if (seccomp_rule_add(filter, action, number, 0) < 0)
			return false;
	}
	return true;
}

static bool add_families(scmp_filter_ctx filter)
{
	for (size_t i = 0; i < sizeof(FAMILIES) / sizeof(*FAMILIES); i++)
		if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket),
			    1,
			    SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)FAMILIES[i])) <
			0)
			return false;
	return true;
}

/* A child, but none in namespaces of its own: there it would be root. */
static bool add_clone(scmp_filter_ctx filter)
{
#if defined(__s390__)
	const unsigned flags = 1;
#else
	const unsigned flags = 0;
#endif
	const scmp_datum_t namespaces = CLONE_NEWNS | CLONE_NEWCGROUP |
		CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |
		CLONE_NEWNET;

	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
		       SCMP_CMP(flags, SCMP_CMP_MASKED_EQ, namespaces, 0)) == 0;
}

/* The leak check at the end of a sanitizer's run traces its own process. */
static uint32_t deadly_action(void)
{
	return HAS_SANITIZER ? SCMP_ACT_ALLOW : SCMP_ACT_KILL_PROCESS;
}

/* What is called as on another kind of machine (x32, i386) no list means. */
static bool turn_away_foreigners(scmp_filter_ctx filter, bool only_logs)
{
	return seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH,
		       only_logs ? SCMP_ACT_LOG : SCMP_ACT_KILL_PROCESS) == 0;
}

static bool allow(scmp_filter_ctx filter, const char *const *network)
{
	if (seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) < 0)
		return false;
	/* An old libseccomp or kernel has no log: not worth failing. */
	(void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_LOG, 1);
	return add_calls(filter, SCMP_ACT_ALLOW, CALLS_FILES, NULL) &&
		add_clone(filter) &&
		(!network ||
			(add_calls(filter, SCMP_ACT_ALLOW, network, NULL) &&
				add_families(filter)));
}

static bool refuse(scmp_filter_ctx filter, const char *const *network)
{
	return add_calls(filter, SCMP_ACT_ERRNO(EPERM), CALLS_FORBIDDEN,
		       network) &&
		(network ||
			add_calls(filter, SCMP_ACT_ERRNO(EPERM), CALL_SOCKET,
				NULL)) &&
		add_calls(filter, deadly_action(), CALLS_DEADLY, NULL);
}

/* Short of memory libseccomp makes a filter that lets nothing work, or dies, or
 * goes round for ever: what it needs has to be there before, and SIGXCPU ends
 * what takes too long. */

static void prove_memory(void)
{
	void *volatile memory = mem_new(NEEDED);

	free(memory);
}

static bool limit_time(struct rlimit *before)
{
	rlim_t end = (rlim_t)(clock() / CLOCKS_PER_SEC) + PATIENCE;

	if (getrlimit(RLIMIT_CPU, before) != 0)
		return false;
	struct rlimit limit = *before;
	if (limit.rlim_cur > end)
		limit.rlim_cur = end;
	return setrlimit(RLIMIT_CPU, &limit) == 0;
}

static bool filter_calls(const char *const *network, bool only_logs)
{
	scmp_filter_ctx filter =
		seccomp_init(only_logs ? SCMP_ACT_LOG : SCMP_ACT_ERRNO(ENOSYS));

	if (!filter)
		return false;
	bool is_up = turn_away_foreigners(filter, only_logs) &&
		allow(filter, network) &&
		(only_logs || refuse(filter, network)) &&
		seccomp_load(filter) == 0;
	int number = errno;
	seccomp_release(filter);
	errno = number;
	return is_up;
}

bool sandbox_calls_filter(enum sandbox_calls calls, bool only_logs)
{
	const char *const *network =
		calls == SANDBOX_CALLS_NETWORK ? CALLS_NETWORK : NULL;
	struct rlimit before;

	prove_memory();
	if (!limit_time(&before))
		return false;
	bool is_up = filter_calls(network, only_logs);
	return setrlimit(RLIMIT_CPU, &before) == 0 && is_up;
}
