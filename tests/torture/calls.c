/* SPDX-License-Identifier: MIT */
#include "calls.h"

#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BIT(kind) (1U << CALL_##kind)
#define ROOM (BIT(CREATE) | BIT(WRITE) | BIT(CHANGE) | BIT(SYNC))
#define FILES (ROOM | BIT(OPEN) | BIT(READ) | BIT(LOOK))
#define DESCRIPTORS (BIT(OPEN) | BIT(CREATE) | BIT(DESCRIPTOR))

/* Signals come in showers, and then it is dry again. */
const struct fault FAULTS[FAULT_COUNT] = {
	{ENOSPC, "ENOSPC", ROOM, 0},
	{EIO, "EIO", FILES | BIT(CLOSE), 0},
	{EROFS, "EROFS", BIT(CREATE) | BIT(WRITE) | BIT(CHANGE), 0},
	{EMFILE, "EMFILE", DESCRIPTORS, 0},
	{ENFILE, "ENFILE", DESCRIPTORS, 0},
	{ENOMEM, "ENOMEM",
		DESCRIPTORS | BIT(MEMORY) | BIT(PROCESS) | BIT(CHANGE) |
			BIT(LOOK) | BIT(WAIT) | BIT(MESSAGE),
		0},
	{EDQUOT, "EDQUOT", ROOM | BIT(CLOSE), 0},
	{EACCES, "EACCES", BIT(OPEN) | BIT(CREATE) | BIT(CHANGE) | BIT(LOOK),
		0},
	{EINTR, "EINTR",
		BIT(OPEN) | BIT(CREATE) | BIT(READ) | BIT(WRITE) | BIT(WAIT) |
			BIT(MESSAGE) | BIT(SYNC) | BIT(CLOSE),
		20},
	{FAULT_SHORT, "short", BIT(WRITE), 0},
};

/* By libseccomp's names, so that no list of numbers is needed. */
static const struct {
	enum call_kind kind;
	const char *names[24];
} KINDS[] = {
	{CALL_OPEN, {"open", "openat", "openat2", "inotify_add_watch"}},
	{CALL_CREATE, {"creat"}},
	{CALL_READ, {"read", "pread64", "readv", "preadv"}},
	{CALL_WRITE, {"write", "pwrite64", "writev", "ftruncate"}},
	{CALL_CHANGE,
		{"rename", "renameat", "renameat2", "mkdir", "mkdirat",
			"symlink", "symlinkat", "link", "linkat", "unlink",
			"unlinkat", "rmdir", "chmod", "fchmod", "fchmodat",
			"chown", "fchown", "fchownat", "utimensat"}},
	{CALL_SYNC, {"fsync", "fdatasync", "sync_file_range", "syncfs"}},
	{CALL_LOOK,
		{"stat", "lstat", "fstat", "newfstatat", "statx", "access",
			"faccessat", "faccessat2", "readlink", "readlinkat",
			"getdents64", "statfs", "fstatfs", "getcwd"}},
	{CALL_DESCRIPTOR,
		{"dup", "dup2", "dup3", "pipe", "pipe2", "socket", "socketpair",
			"accept", "accept4", "epoll_create1", "eventfd2",
			"timerfd_create", "signalfd4", "inotify_init1",
			"pidfd_open", "fcntl"}},
	{CALL_MEMORY, {"brk", "mmap", "mremap", "mprotect"}},
	{CALL_PROCESS, {"clone", "clone3", "fork", "vfork"}},
	{CALL_WAIT,
		{"poll", "ppoll", "select", "pselect6", "epoll_wait",
			"epoll_pwait", "wait4", "waitid", "nanosleep",
			"clock_nanosleep"}},
	{CALL_MESSAGE,
		{"sendto", "sendmsg", "sendmmsg", "recvfrom", "recvmsg",
			"connect", "bind", "listen"}},
	{CALL_CLOSE, {"close"}},
};

#define NUMBERS 512

static enum call_kind find_kind(const char *name)
{
	for (size_t i = 0; i < sizeof(KINDS) / sizeof(*KINDS); i++)
		for (const char *const *n = KINDS[i].names; *n; n++)
			if (streq(*n, name))
				return KINDS[i].kind;
	return CALL_OTHER;
}

const char *call_name(uint64_t number)
{
	static char text[32];
	char *name =
		seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)number);

	snprintf(text, sizeof(text), "%s", name ? name : "");
	if (!name)
		snprintf(
			text, sizeof(text), "%llu", (unsigned long long)number);
	free(name);
	return text;
}

static enum call_kind call_kind(uint64_t number, const uint64_t *arguments)
{
	static unsigned char known[NUMBERS]; /* kind + 1 */

	if (number >= NUMBERS)
		return CALL_OTHER;
	if (!known[number])
		known[number] =
			(unsigned char)(1 + find_kind(call_name(number)));
	enum call_kind kind = (enum call_kind)(known[number] - 1);
	if (number == SYS_openat && (arguments[2] & (O_ACCMODE | O_CREAT)))
		return CALL_CREATE;
	if (number == SYS_fcntl && arguments[1] != F_DUPFD_CLOEXEC)
		return CALL_OTHER;
	return kind;
}

/* A disk fails; a socket or a pipe does not in that way, and an eventfd that
 * does not wait in none: the kernel counts in it. libev goes by that: of a
 * signal whose write() to it had failed, it would never hear. */
static enum call_kind transfer_kind(
	pid_t pid, uint64_t descriptor, enum call_kind kind)
{
	char link[64], path[32] = "";

	snprintf(link, sizeof(link), "/proc/%d/fd/%llu", (int)pid,
		(unsigned long long)descriptor);
	if (readlink(link, path, sizeof(path) - 1) > 0 && path[0] == '/')
		return kind;
	return streq(path, "anon_inode:[eventfd]") ? CALL_OTHER : CALL_MESSAGE;
}

enum call_kind call_kind_of(
	pid_t pid, uint64_t number, const uint64_t *arguments)
{
	enum call_kind kind = call_kind(number, arguments);
	bool is_transfer = kind == CALL_READ || kind == CALL_WRITE;

	return is_transfer ? transfer_kind(pid, arguments[0], kind) : kind;
}

bool fault_hits(const struct fault *fault, enum call_kind kind)
{
	return fault->kinds & (1U << kind);
}

const struct fault *fault_find(const char *name)
{
	for (size_t i = 0; i < FAULT_COUNT; i++)
		if (streq(FAULTS[i].name, name))
			return &FAULTS[i];
	return NULL;
}
