/* SPDX-License-Identifier: MIT */
#include "target.h"

#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* No other turn has it; and the same one has it again, so that what a crash
 * leaves is replaced. */
static char *name_fresh(const struct target_wish *wish, size_t index)
{
	return mem_format(".%s.%08" PRIx32 ".acmed-new",
		wish->files[index].name, wish->turn->number);
}

/* What stands there now may be replaced. */
static bool check_place(int folder, const struct target_wish *wish,
	const char *name, struct error *err)
{
	const struct material *material = wish->material;
	struct stat status;

	if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ||
			fail_errno(err, errno, "cannot look at '%s/%s'",
				wish->folder, name);
	if (S_ISDIR(status.st_mode))
		return fail(err, ERROR_REFUSED,
			"'%s/%s' is a folder; Format=pem writes into one",
			wish->folder, name);
	for (size_t i = 0; i < material->source_count; i++)
		if (material->sources[i].device == status.st_dev &&
			material->sources[i].inode == status.st_ino)
			return fail_cause(err, ERROR_REFUSED, "L12",
				"'%s/%s' is the file that would be exported",
				wish->folder, name);
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
static bool fill(int file, const struct target_wish *wish,
	const struct target_file *content)
{
	return fchown(file, wish->owner.uid, wish->owner.gid) == 0 &&
		fchmod(file, wish->mode) == 0 &&
		write_all(file, content->bytes, content->length) &&
		fsync(file) == 0;
}

static bool make_fresh(int folder, const struct target_wish *wish, size_t index,
	struct error *err)
{
	const struct target_file *content = &wish->files[index];
	cleanup(string) char *fresh = name_fresh(wish, index);

	unlinkat(folder, fresh, 0);
	int file = openat(folder, fresh,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (file < 0)
		return fail_errno(
			err, errno, "cannot write into '%s'", wish->folder);
	bool is_filled = fill(file, wish, content);
	int number = errno;
	close(file);
	return is_filled ||
		fail_errno(err, number, "cannot write '%s/%s'", wish->folder,
			content->name);
}

static bool make_all(
	int folder, const struct target_wish *wish, struct error *err)
{
	for (size_t i = 0; i < wish->count; i++)
		if (!check_place(folder, wish, wish->files[i].name, err) ||
			!make_fresh(folder, wish, i, err))
			return false;
	return true;
}

static bool rename_all(
	int folder, const struct target_wish *wish, struct error *err)
{
	for (size_t i = 0; i < wish->count; i++) {
		const char *name = wish->files[i].name;
		cleanup(string) char *fresh = name_fresh(wish, i);
		if (renameat(folder, fresh, folder, name) < 0)
			return fail_errno(err, errno, "cannot write '%s/%s'",
				wish->folder, name);
	}
	return fsync(folder) == 0 ||
		fail_errno(err, errno, "cannot write into '%s'", wish->folder);
}

static void drop_all(int folder, const struct target_wish *wish)
{
	for (size_t i = 0; i < wish->count; i++) {
		cleanup(string) char *fresh = name_fresh(wish, i);
		unlinkat(folder, fresh, 0);
	}
}

bool target_write(const struct target_wish *wish, struct error *err)
{
	int folder = trusted_folder_open(wish->folder, wish->owner, err);

	if (folder < 0)
		return false;
	bool is_written = make_all(folder, wish, err) &&
		turn_is_wanted(wish->turn, err) &&
		material_is_installed(wish->material, err) &&
		rename_all(folder, wish, err);
	if (!is_written)
		drop_all(folder, wish);
	close(folder);
	return is_written;
}
