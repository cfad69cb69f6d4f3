/* SPDX-License-Identifier: MIT */
#include "disk_record.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* The linker's --wrap leads every call of acmed's own code to these. */

int __real_openat(int at, const char *name, int flags, ...);
int __real_mkdirat(int at, const char *name, mode_t mode);
int __real_symlinkat(const char *target, int at, const char *name);
int __real_unlinkat(int at, const char *name, int flags);
int __real_renameat(int at, const char *name, int to_at, const char *to);
int __real_renameat2(
	int at, const char *name, int to_at, const char *to, unsigned flags);
ssize_t __real_write(int fd, const void *bytes, size_t length);

int __wrap_openat(int at, const char *name, int flags, ...);
int __wrap_mkdirat(int at, const char *name, mode_t mode);
int __wrap_symlinkat(const char *target, int at, const char *name);
int __wrap_unlinkat(int at, const char *name, int flags);
int __wrap_renameat(int at, const char *name, int to_at, const char *to);
int __wrap_renameat2(
	int at, const char *name, int to_at, const char *to, unsigned flags);
ssize_t __wrap_write(int fd, const void *bytes, size_t length);
int __wrap_fsync(int fd);
int __wrap_syncfs(int fd);

int __wrap_openat(int at, const char *name, int flags, ...)
{
	va_list arguments;

	va_start(arguments, flags);
	mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	int fd = __real_openat(at, name, flags, mode);
	if (fd >= 0 && (flags & O_CREAT))
		record_new(at, name);
	return fd;
}

int __wrap_mkdirat(int at, const char *name, mode_t mode)
{
	int done = __real_mkdirat(at, name, mode);

	if (done == 0)
		record_new(at, name);
	return done;
}

int __wrap_symlinkat(const char *target, int at, const char *name)
{
	int done = __real_symlinkat(target, at, name);

	if (done == 0)
		record_new(at, name);
	return done;
}

int __wrap_unlinkat(int at, const char *name, int flags)
{
	int done = __real_unlinkat(at, name, flags);

	if (done == 0)
		record_gone(at, name);
	return done;
}

int __wrap_renameat(int at, const char *name, int to_at, const char *to)
{
	int done = __real_renameat(at, name, to_at, to);

	if (done == 0)
		record_renamed(at, name, to_at, to, false);
	return done;
}

int __wrap_renameat2(
	int at, const char *name, int to_at, const char *to, unsigned flags)
{
	int done = __real_renameat2(at, name, to_at, to, flags);

	if (done == 0)
		record_renamed(at, name, to_at, to, flags == RENAME_EXCHANGE);
	return done;
}

ssize_t __wrap_write(int fd, const void *bytes, size_t length)
{
	ssize_t put = __real_write(fd, bytes, length);

	if (put > 0)
		record_bytes(fd, bytes, (size_t)put);
	return put;
}

/* What a disk has is recorded: it need not be waited for. */

int __wrap_fsync(int fd)
{
	record_synced(fd, false);
	return 0;
}

int __wrap_syncfs(int fd)
{
	record_synced(fd, true);
	return 0;
}
