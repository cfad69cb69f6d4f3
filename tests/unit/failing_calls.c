/* SPDX-License-Identifier: MIT */
#include "failing_calls.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static enum failing how;
static unsigned countdown; /* 0: nothing fails */
static bool is_reached;
static int number;

void failing_begin(enum failing wanted, unsigned at, int error)
{
	how = wanted;
	countdown = at;
	number = error;
	is_reached = false;
}

bool failing_end(void)
{
	countdown = 0;
	return is_reached;
}

static bool is_due(bool can_be_interrupted)
{
	if (!countdown || (how == FAILING_INTERRUPTED && !can_be_interrupted))
		return false;
	if (countdown > 1 && countdown--)
		return false;
	is_reached = true;
	countdown = how == FAILING_ON ? 1 : 0;
	errno = how == FAILING_INTERRUPTED ? EINTR : number;
	return true;
}

#define WRAP(can_be_interrupted, failure, type, name, arguments, values) \
	type __real_##name arguments; \
	type __wrap_##name arguments; \
	type __wrap_##name arguments \
	{ \
		if (is_due(can_be_interrupted)) \
			return failure; \
		return __real_##name values; \
	}

WRAP(true, -1, ssize_t, read, (int fd, void *bytes, size_t size),
	(fd, bytes, size))
WRAP(true, -1, ssize_t, write, (int fd, const void *bytes, size_t size),
	(fd, bytes, size))
WRAP(false, -1, int, fsync, (int fd), (fd))
WRAP(false, -1, int, syncfs, (int fd), (fd))
WRAP(false, -1, int, fchmod, (int fd, mode_t mode), (fd, mode))
WRAP(false, -1, int, fstat, (int fd, struct stat *status), (fd, status))
WRAP(false, -1, int, stat, (const char *path, struct stat *status),
	(path, status))
WRAP(false, -1, int, fstatat,
	(int at, const char *name, struct stat *status, int flags),
	(at, name, status, flags))
WRAP(false, -1, int, mkdirat, (int at, const char *name, mode_t mode),
	(at, name, mode))
WRAP(false, -1, int, unlinkat, (int at, const char *name, int flags),
	(at, name, flags))
WRAP(false, -1, int, renameat,
	(int at, const char *name, int to_at, const char *to),
	(at, name, to_at, to))
WRAP(false, -1, int, renameat2,
	(int at, const char *name, int to_at, const char *to, unsigned flags),
	(at, name, to_at, to, flags))
WRAP(false, -1, int, symlinkat, (const char *target, int at, const char *name),
	(target, at, name))
WRAP(false, -1, ssize_t, readlinkat,
	(int at, const char *name, char *out, size_t size),
	(at, name, out, size))
WRAP(false, NULL, DIR *, fdopendir, (int fd), (fd))
WRAP(false, NULL, struct dirent *, readdir, (DIR * dir), (dir))

/* The last argument of these may be absent. */

#define ABSENT(type, name) \
	type __real_##name; \
	type __wrap_##name

ABSENT(int, open(const char *name, int flags, ...));
ABSENT(int, openat(int at, const char *name, int flags, ...));
ABSENT(int, fcntl(int fd, int command, ...));

/* The configuration; only to read. */
int __wrap_open(const char *name, int flags, ...)
{
	return is_due(false) ? -1 : __real_open(name, flags);
}

int __wrap_openat(int at, const char *name, int flags, ...)
{
	va_list arguments;

	va_start(arguments, flags);
	mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	return is_due(false) ? -1 : __real_openat(at, name, flags, mode);
}

int __wrap_fcntl(int fd, int command, ...)
{
	va_list arguments;

	va_start(arguments, command);
	int value = va_arg(arguments, int);
	va_end(arguments);
	return is_due(false) ? -1 : __real_fcntl(fd, command, value);
}
