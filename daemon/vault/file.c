/* SPDX-License-Identifier: MIT */
#include "file.h"

#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Our names begin with a letter or a digit, so this one is nobody's. */
static void waiting_name(char out[static NAME_MAX + 1], const char *name)
{
	snprintf(out, NAME_MAX + 1, ".%s.new", name);
}

/* Files. */

/* -1 with err; a file that is not there leaves the kind at ERROR_NONE. */
static int open_file(
	int folder, const char *name, struct stat *status, struct error *err)
{
	int fd = openat(
		folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0) {
		bool is_missing = errno == ENOENT;
		fail_errno(err, errno, "cannot read '%s'", name);
		if (is_missing && err)
			err->kind = ERROR_NONE;
		return -1;
	}
	if (fstat(fd, status) != 0)
		fail_errno(err, errno, "cannot read '%s'", name);
	else if (S_ISREG(status->st_mode))
		return fd;
	else
		fail(err, ERROR_LOCAL, "'%s' is no regular file", name);
	close(fd);
	return -1;
}

static ssize_t read_whole(int fd, char *bytes, size_t size)
{
	size_t length = 0;

	while (length < size) {
		ssize_t got = read(fd, bytes + length, size - length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		length += (size_t)got;
	}
	return (ssize_t)length;
}

char *file_read(int folder, const char *name, size_t most, size_t *length,
	struct error *err)
{
	struct stat status;
	int cleanup_folder fd = open_file(folder, name, &status, err);

	if (fd < 0)
		return NULL;
	if ((uintmax_t)status.st_size > most) {
		fail(err, ERROR_LOCAL, "'%s' is over %zu bytes", name, most);
		return NULL;
	}
	size_t size = (size_t)status.st_size;
	char *bytes = calloc(1, size + 1);
	ssize_t got = bytes ? read_whole(fd, bytes, size) : -1;
	if (got < 0) {
		fail_errno(err, errno, "cannot read '%s'", name);
		free(bytes);
		return NULL;
	}
	*length = (size_t)got;
	return bytes;
}

bool file_is_unseen(const struct error *err)
{
	static const int SEEN[] = {0, ENOENT, ELOOP, ENOTDIR, EISDIR};

	for (size_t i = 0; i < sizeof(SEEN) / sizeof(*SEEN); i++)
		if (err->number == SEEN[i])
			return false;
	return true;
}

static bool write_whole(int fd, const char *bytes, size_t length)
{
	while (length) {
		ssize_t put = write(fd, bytes, length);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		bytes += put;
		length -= (size_t)put;
	}
	return true;
}

static bool create(int folder, const char *name, const void *bytes,
	size_t length, mode_t mode, bool is_synced)
{
	int cleanup_folder fd = openat(folder, name,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);

	return fd >= 0 && fchmod(fd, mode) == 0 &&
		write_whole(fd, bytes, length) &&
		(!is_synced || fsync(fd) == 0);
}

bool file_create(int folder, const char *name, const void *bytes, size_t length,
	mode_t mode, struct error *err)
{
	if (create(folder, name, bytes, length, mode, true))
		return true;
	fail_errno(err, errno, "cannot write '%s'", name);
	unlinkat(folder, name, 0);
	return false;
}

static bool wait_for_commit(int folder, const char *name, const void *bytes,
	size_t length, mode_t mode, bool is_synced, struct error *err)
{
	char waiting[NAME_MAX + 1];

	waiting_name(waiting, name);
	unlinkat(folder, waiting, 0);
	if (create(folder, waiting, bytes, length, mode, is_synced))
		return true;
	fail_errno(err, errno, "cannot write '%s'", name);
	unlinkat(folder, waiting, 0);
	return false;
}

bool file_prepare(int folder, const char *name, const void *bytes,
	size_t length, mode_t mode, struct error *err)
{
	return wait_for_commit(folder, name, bytes, length, mode, false, err);
}

bool file_commit(int folder, const char *name, struct error *err)
{
	char waiting[NAME_MAX + 1];

	waiting_name(waiting, name);
	if (renameat(folder, waiting, folder, name) == 0)
		return true;
	fail_errno(err, errno, "cannot put '%s' in its place", name);
	unlinkat(folder, waiting, 0);
	return false;
}

bool file_write(int folder, const char *name, const void *bytes, size_t length,
	mode_t mode, struct error *err)
{
	return wait_for_commit(folder, name, bytes, length, mode, true, err) &&
		file_commit(folder, name, err) && folder_sync(folder, err);
}

bool file_remove(int folder, const char *name, struct error *err)
{
	if (unlinkat(folder, name, 0) == 0)
		return folder_sync(folder, err);
	if (errno == ENOENT)
		return true;
	return fail_errno(err, errno, "cannot remove '%s'", name);
}

bool file_move(int folder, const char *from, const char *to)
{
	struct stat status;

	if (fstatat(folder, to, &status, AT_SYMLINK_NOFOLLOW) == 0)
		return true;
	if (errno == ENOENT && renameat(folder, from, folder, to) == 0)
		return folder_sync(folder, NULL);
	return errno == ENOENT;
}

bool file_exists(int at, const char *path)
{
	struct stat status;

	return fstatat(at, path, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Links. */

bool link_write(
	int folder, const char *name, const char *target, struct error *err)
{
	char waiting[NAME_MAX + 1];

	waiting_name(waiting, name);
	unlinkat(folder, waiting, 0);
	if (symlinkat(target, folder, waiting) != 0)
		return fail_errno(err, errno, "cannot make link '%s'", name);
	return file_commit(folder, name, err) && folder_sync(folder, err);
}

bool link_read(int folder, const char *name, char *out, size_t size)
{
	ssize_t length = readlinkat(folder, name, out, size);

	if (length < 0 || (size_t)length >= size)
		return false;
	out[length] = '\0';
	return true;
}

bool link_is_blocked(int folder, const char *name)
{
	struct stat status;

	return fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
		!S_ISLNK(status.st_mode);
}
