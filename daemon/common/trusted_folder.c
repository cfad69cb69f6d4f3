/* SPDX-License-Identifier: MIT */
#include "trusted_folder.h"

#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* In a folder with the sticky bit nobody can replace what is not his, and
 * what stands there is looked at next; but nothing new is safe there. */
static bool check(int folder, const char *path, bool is_last,
	struct trusted_owner owner, struct error *err)
{
	struct stat status;

	if (fstat(folder, &status) < 0)
		return fail_errno(err, errno, "cannot look at '%s'", path);
	bool is_sticky = !is_last && (status.st_mode & S_ISVTX);
	if (status.st_uid != 0 && status.st_uid != geteuid() &&
		status.st_uid != owner.uid)
		return fail(err, ERROR_REFUSED,
			"the folder '%s' belongs to uid %u, who could put "
			"anything there",
			path, (unsigned)status.st_uid);
	if ((status.st_mode & S_IWOTH) && !is_sticky)
		return fail(err, ERROR_REFUSED,
			"the folder '%s' can be written by everybody; run: "
			"chmod o-w '%s'",
			path, path);
	if ((status.st_mode & S_IWGRP) && !is_sticky && status.st_gid != 0 &&
		status.st_gid != owner.gid)
		return fail(err, ERROR_REFUSED,
			"the folder '%s' can be written by gid %u; run: "
			"chmod g-w '%s'",
			path, (unsigned)status.st_gid, path);
	return true;
}

static int open_next(
	int at, const char *name, const char *path, struct error *err)
{
	int folder = openat(
		at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (folder < 0 && (errno == ELOOP || errno == ENOTDIR))
		fail(err, ERROR_REFUSED,
			"'%s' is no folder, or a link to one; name the folder "
			"itself",
			path);
	else if (folder < 0)
		fail_errno(err, errno, "cannot open the folder '%s'", path);
	return folder;
}

int trusted_folder_open(
	const char *path, struct trusted_owner owner, struct error *err)
{
	cleanup(string) char *seen = mem_string(path);
	int folder = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char *rest = seen + strspn(seen, "/");
	bool is_fine = folder >= 0 && check(folder, "/", !*rest, owner, err);

	while (is_fine && *rest) {
		char *name = rest;
		size_t length = strcspn(name, "/");
		rest += length;
		size_t slashes = strspn(rest, "/");
		char kept = *rest;
		*rest = '\0';
		int next = open_next(folder, name, seen, err);
		close(folder);
		folder = next;
		is_fine = folder >= 0 &&
			check(folder, seen, !kept || !rest[slashes], owner,
				err);
		*rest = kept;
		rest += slashes;
	}
	if (!is_fine && folder >= 0)
		close(folder);
	return is_fine ? folder : -1;
}
