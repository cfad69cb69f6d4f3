/* SPDX-License-Identifier: MIT */
#include "target.h"

#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* What stands there now may be replaced. */
static bool check_place(
	int folder, const struct target_wish *wish, struct error *err)
{
	const struct material *material = wish->material;
	struct stat status;

	if (fstatat(folder, wish->name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ||
			fail_errno(err, errno, "cannot look at '%s/%s'",
				wish->folder, wish->name);
	if (S_ISDIR(status.st_mode))
		return fail(err, ERROR_REFUSED,
			"'%s/%s' is a folder; Format=pem writes into one",
			wish->folder, wish->name);
	for (size_t i = 0; i < material->source_count; i++)
		if (material->sources[i].device == status.st_dev &&
			material->sources[i].inode == status.st_ino)
			return fail_cause(err, ERROR_REFUSED, "L12",
				"'%s/%s' is the file that would be exported",
				wish->folder, wish->name);
	return true;
}

static bool write_all(int file, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t written = write(file, bytes, length);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return false;
		bytes += written;
		length -= (size_t)written;
	}
	return true;
}

/* Owner and mode come before the first byte. */
static bool fill(int file, const struct target_wish *wish)
{
	return fchown(file, wish->owner.uid, wish->owner.gid) == 0 &&
		fchmod(file, wish->mode) == 0 &&
		write_all(file, wish->bytes, wish->length) && fsync(file) == 0;
}

static bool replace(int folder, const char *fresh,
	const struct target_wish *wish, struct error *err)
{
	unlinkat(folder, fresh, 0);
	int file = openat(folder, fresh,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (file < 0)
		return fail_errno(
			err, errno, "cannot write into '%s'", wish->folder);
	bool is_filled = fill(file, wish);
	int number = errno;
	close(file);
	if (is_filled && renameat(folder, fresh, folder, wish->name) == 0 &&
		fsync(folder) == 0)
		return true;
	if (is_filled)
		number = errno;
	unlinkat(folder, fresh, 0);
	return fail_errno(
		err, number, "cannot write '%s/%s'", wish->folder, wish->name);
}

bool target_write(const struct target_wish *wish, struct error *err)
{
	int folder = trusted_folder_open(wish->folder, wish->owner, err);

	if (folder < 0)
		return false;
	cleanup(string) char *fresh = text_format(".%s.acmed-new", wish->name);
	bool is_written = fresh && check_place(folder, wish, err) &&
		replace(folder, fresh, wish, err);
	close(folder);
	return is_written;
}
