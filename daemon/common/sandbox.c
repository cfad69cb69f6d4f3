/* SPDX-License-Identifier: MIT */
#include "sandbox.h"

#include "paths.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

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

#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif
#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (1ULL << 15)
#endif

#define FOLDERS_MAX 32

/* Landlock. */

#define RIGHTS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define RIGHTS_WRITE \
	(RIGHTS_READ | LANDLOCK_ACCESS_FS_WRITE_FILE | \
		LANDLOCK_ACCESS_FS_REMOVE_DIR | \
		LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | \
		LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | \
		LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER | \
		LANDLOCK_ACCESS_FS_TRUNCATE)
#define RIGHTS_EXECUTE (RIGHTS_READ | LANDLOCK_ACCESS_FS_EXECUTE)

/* The first ABI has bits 0 to 12; later ones brought one each. */
struct sandbox_rights sandbox_rights(int abi)
{
	uint64_t handled = 0;

	if (abi >= 1)
		handled |= (1ULL << 13) - 1;
	if (abi >= 2)
		handled |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		handled |= LANDLOCK_ACCESS_FS_TRUNCATE;
	if (abi >= 5)
		handled |= LANDLOCK_ACCESS_FS_IOCTL_DEV;
	return (struct sandbox_rights){
		.handled = handled,
		.read = handled & RIGHTS_READ,
		.write = handled & RIGHTS_WRITE,
		.execute = handled & RIGHTS_EXECUTE,
	};
}

static int landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
		LANDLOCK_CREATE_RULESET_VERSION);

	return abi < 0 ? 0 : (int)abi;
}

static bool add_folder(int rules, const char *folder, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = {.allowed_access = rights};

	rule.parent_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return true;
	long rc = syscall(SYS_landlock_add_rule, rules,
		LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	close(rule.parent_fd);
	return rc == 0;
}

static bool add_folders(int rules, const char *const *folders, uint64_t rights)
{
	for (; folders && *folders; folders++)
		if (!add_folder(rules, *folders, rights))
			return false;
	return true;
}

static bool lock_in(const struct sandbox_wish *wish, int abi)
{
	struct sandbox_rights rights = sandbox_rights(abi);
	struct landlock_ruleset_attr attr = {
		.handled_access_fs = rights.handled};
	int rules = (int)syscall(SYS_landlock_create_ruleset, &attr,
		sizeof(attr.handled_access_fs), 0);

	if (rules < 0)
		return false;
	bool is_up = add_folders(rules, wish->read, rights.read) &&
		add_folders(rules, wish->write, rights.write) &&
		add_folders(rules, wish->execute, rights.execute) &&
		syscall(SYS_landlock_restrict_self, rules, 0) == 0;
	int number = errno;
	close(rules);
	errno = number;
	return is_up;
}

/* Seccomp. What no list names is answered ENOSYS, as by an older kernel. */

static const char *const CALLS_FILES[] = {"access", "arch_prctl", "brk",
	"clock_getres", "clock_gettime", "clock_nanosleep", "clone", "close",
	"close_range", "dup", "dup2", "dup3", "epoll_create", "epoll_create1",
	"epoll_ctl", "epoll_ctl_old", "epoll_pwait", "epoll_pwait2",
	"epoll_wait", "eventfd", "eventfd2", "exit", "exit_group", "faccessat",
	"faccessat2", "fchdir", "fchmod", "fcntl", "fcntl64", "fdatasync",
	"flock", "fork", "fstat", "fstat64", "fstatat64", "fstatfs",
	"fstatfs64", "fsync", "ftruncate", "futex", "futex_time64", "getcwd",
	"getcpu", "getdents", "getdents64", "getegid", "getegid32", "geteuid",
	"geteuid32", "getgid", "getgid32", "getgroups", "getgroups32",
	"getpeername", "getpgrp", "getpid", "getppid", "getrandom", "getresgid",
	"getresuid", "getrlimit", "getrusage", "getsockname", "getsockopt",
	"gettid", "gettimeofday", "getuid", "getuid32", "inotify_add_watch",
	"inotify_init1", "inotify_rm_watch", "ioctl", "kill", "lseek",
	"_llseek", "lstat", "lstat64", "madvise", "membarrier", "mkdir",
	"mkdirat", "mlock", "mlock2", "mmap", "mmap2", "mprotect", "mremap",
	"munlock", "munmap", "nanosleep", "newfstatat", "open", "openat",
	"openat2", "pipe", "pipe2", "poll", "ppoll", "ppoll_time64", "prctl",
	"pread64", "preadv", "prlimit64", "pselect6", "pselect6_time64",
	"pwrite64", "pwritev", "read", "readlink", "readlinkat", "readv",
	"recv", "recvfrom", "recvmmsg", "recvmsg", "rename", "renameat",
	"renameat2", "restart_syscall", "rmdir", "rseq", "rt_sigaction",
	"rt_sigpending", "rt_sigprocmask", "rt_sigreturn", "rt_sigsuspend",
	"rt_sigtimedwait", "sched_getaffinity", "sched_yield", "select", "send",
	"sendmmsg", "sendmsg", "sendto", "set_robust_list", "set_tid_address",
	"setrlimit", "setsockopt", "shutdown", "sigaltstack", "sigreturn",
	"signalfd4", "stat", "stat64", "statfs", "statfs64", "statx", "symlink",
	"symlinkat", "sync_file_range", "syncfs", "sysinfo", "tgkill", "time",
	"timerfd_create", "timerfd_gettime", "timerfd_settime",
	"timerfd_settime64", "tkill", "ugetrlimit", "umask", "uname", "unlink",
	"unlinkat", "utimensat", "accept", "accept4", "vfork", "wait4",
	"waitid", "waitpid", "write", "writev", "chmod", "fchmodat", NULL};

static const char *const CALLS_NETWORK[] = {"bind", "connect", "listen",
	"socket", "socketcall", "socketpair", NULL};

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
	"setuid", "shmat", "shmget", "socket", "socketpair", "swapoff",
	"swapon", "syslog", "umount2", "unshare", "userfaultfd", NULL};

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

/* The leak check at the end of a sanitizer's run traces its own process. */
static uint32_t deadly_action(void)
{
	return HAS_SANITIZER ? SCMP_ACT_ALLOW : SCMP_ACT_KILL_PROCESS;
}

static bool fill_filter(scmp_filter_ctx filter, enum sandbox_calls calls)
{
	const char *const *network =
		calls == SANDBOX_CALLS_NETWORK ? CALLS_NETWORK : NULL;

	if (seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) < 0)
		return false;
	/* An old libseccomp or kernel has no log: not worth failing. */
	(void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_LOG, 1);
	return add_calls(filter, SCMP_ACT_ALLOW, CALLS_FILES, NULL) &&
		(!network ||
			add_calls(filter, SCMP_ACT_ALLOW, network, NULL)) &&
		add_calls(filter, SCMP_ACT_ERRNO(EPERM), CALLS_FORBIDDEN,
			network) &&
		add_calls(filter, deadly_action(), CALLS_DEADLY, NULL);
}

static bool filter_calls(enum sandbox_calls calls)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));

	if (!filter)
		return false;
	bool is_up = fill_filter(filter, calls) && seccomp_load(filter) == 0;
	seccomp_release(filter);
	return is_up;
}

/* Both. */

static void report_wall(
	struct sandbox_report *report, const char *wall, bool is_up)
{
	size_t length = strlen(report->warning);

	if (is_up) {
		report->walls[report->count++] = wall;
		return;
	}
	snprintf(report->warning + length, sizeof(report->warning) - length,
		"%s%s is not up: %s", length ? "; " : "", wall,
		strerror(errno));
}

void sandbox_apply(
	const struct sandbox_wish *wish, struct sandbox_report *report)
{
	*report = (struct sandbox_report){0};
	report_wall(report, "no-new-privs",
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	if (!wish->skip_landlock)
		report_wall(report, "landlock", lock_in(wish, landlock_abi()));
	if (wish->calls != SANDBOX_CALLS_ANY)
		report_wall(report, "seccomp", filter_calls(wish->calls));
}

/* The wishes. */

/* The folders of lists that all end in NULL, one list behind the other. */
static void join(const char *out[static FOLDERS_MAX], const char *const *a,
	const char *const *b)
{
	size_t count = 0;

	for (; a && *a && count < FOLDERS_MAX - 1; a++)
		out[count++] = *a;
	for (; b && *b && count < FOLDERS_MAX - 1; b++)
		out[count++] = *b;
	out[count] = NULL;
}

const struct sandbox_wish *sandbox_loop(const char *const *also)
{
	static const char *read[FOLDERS_MAX];
	static const char *write[2];
	static struct sandbox_wish wish;
	const char *const folders[] = {"/etc", "/usr", "/lib", "/lib64", "/bin",
		"/opt", "/dev", "/run/systemd", "/run/resolvconf",
		"/run/NetworkManager", "/run/dbus", "/run/credentials",
		"/sys/fs/cgroup", "/sys/devices/system/cpu", "/proc/self",
		"/proc/sys", "/proc/net", paths_configuration(), paths_data(),
		paths_sockets(), getenv("CREDENTIALS_DIRECTORY"), NULL};

	join(read, folders, also);
	write[0] = paths_runtime();
	wish = (struct sandbox_wish){
		.read = read, .write = write, .calls = SANDBOX_CALLS_NETWORK};
	return &wish;
}

const struct sandbox_wish *sandbox_vault(const char *const *also)
{
	static const char *read[FOLDERS_MAX];
	static const char *write[2];
	static struct sandbox_wish wish;
	const char *const folders[] = {"/etc", "/usr", "/lib", "/lib64",
		"/run/credentials", "/proc/self", paths_configuration(),
		paths_data(), getenv("CREDENTIALS_DIRECTORY"), NULL};

	join(read, folders, also);
	write[0] = paths_state();
	wish = (struct sandbox_wish){
		.read = read, .write = write, .calls = SANDBOX_CALLS_FILES};
	return &wish;
}
