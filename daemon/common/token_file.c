/* SPDX-License-Identifier: MIT */
#include "token_file.h"

#include "base64url.h"
#include "challenge.h"
#include "denied.h"
#include "diagnosis_errno.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

/* Leaves the part that is there. */
static void cut_missing(char *path)
{
	char *slash = strrchr(path, '/');

	while (slash && slash != path && access(path, F_OK) != 0 &&
		errno == ENOENT) {
		*slash = '\0';
		slash = strrchr(path, '/');
	}
}

static bool fail_denied(
	struct error *err, int number, const char *root, const char *what)
{
	char folder[PATH_MAX];

	snprintf(
		folder, sizeof(folder), "%s%s%s", root, *what ? "/" : "", what);
	fail_cause(err, ERROR_LOCAL, "L4", "cannot write to '%s': %s", folder,
		strerror(number));
	cut_missing(folder);
	denied_explain(err, number, folder, W_OK);
	return false;
}

static bool fail_place(
	struct error *err, int number, const char *root, const char *what)
{
	const char *reason = strerror(number);

	if (number == EROFS)
		return fail_cause(err, ERROR_LOCAL, diagnosis_of_place(number),
			"cannot write to '%s/%s': %s", root, what, reason);
	if (number == EACCES || number == EPERM)
		return fail_denied(err, number, root, what);
	if (number == ENOENT)
		return fail_cause(err, ERROR_REFUSED,
			diagnosis_of_place(number),
			"the document root '%s' does not exist", root);
	return fail_errno(err, number, "cannot write to '%s/%s'", root, what);
}

static int make_folder(int parent, const char *name, mode_t mode)
{
	mode_t before = umask(0);
	int result = mkdirat(parent, name, mode);
	int number = errno;

	umask(before);
	errno = number;
	return result;
}

static int open_root(const char *root, bool makes_root, struct error *err)
{
	if (makes_root)
		make_folder(AT_FDCWD, root, 0755);
	int folder = open(root, FOLDER_FLAGS);
	if (folder < 0)
		fail_place(err, errno, root, "");
	return folder;
}

/* Goes down one folder, and closes the one above. */
static int descend(int parent, const char *name)
{
	int folder = openat(parent, name, FOLDER_FLAGS | O_NOFOLLOW);

	if (folder < 0 && errno == ENOENT &&
		make_folder(parent, name, 0755) == 0)
		folder = openat(parent, name, FOLDER_FLAGS | O_NOFOLLOW);
	int number = errno;
	close(parent);
	errno = number;
	return folder;
}

int token_folder_open(const char *root, bool makes_root, struct error *err)
{
	int folder = open_root(root, makes_root, err);

	if (folder < 0)
		return -1;
	folder = descend(folder, ".well-known");
	if (folder >= 0)
		folder = descend(folder, "acme-challenge");
	if (folder < 0)
		fail_place(err, errno, root, TOKEN_FOLDER);
	return folder;
}

bool token_is_valid(const char *token)
{
	return base64url_is_valid(token) &&
		strlen(token) <= CHALLENGE_TOKEN_MAX;
}

/* The name under which it is written; no token begins with a dot. */
static void draft_name(
	char out[static CHALLENGE_TOKEN_MAX + 2], const char *token)
{
	assert(token_is_valid(token));
	snprintf(out, CHALLENGE_TOKEN_MAX + 2, ".%s", token);
}

static int create_draft(int folder, const char *draft)
{
	unlinkat(folder, draft, 0); /* of one that was killed */
	mode_t before = umask(0);
	int file = openat(folder, draft,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	int number = errno;
	umask(before);
	errno = number;
	return file;
}

static bool fill(int file, const char *answer, ino_t *inode)
{
	struct stat status;
	size_t length = strlen(answer);
	ssize_t written = write(file, answer, length);

	if (written >= 0 && (size_t)written != length)
		errno = ENOSPC;
	if (written != (ssize_t)length || fstat(file, &status) < 0)
		return false;
	*inode = status.st_ino;
	return true;
}

/* "TOKEN.THUMBPRINT" (RFC 8555 section 8.1) in a file that we own. */
static bool is_answer(
	int folder, const char *name, const char *token, time_t before)
{
	char text[CHALLENGE_TOKEN_MAX + 64] = "";
	size_t length = strlen(token);
	struct stat status;
	int file = openat(
		folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (file < 0)
		return false;
	bool is_ours = fstat(file, &status) == 0 && S_ISREG(status.st_mode) &&
		status.st_uid == geteuid() && status.st_mtime < before;
	ssize_t got = is_ours ? read(file, text, sizeof(text)) : -1;
	close(file);
	return got > (ssize_t)length && !memcmp(text, token, length) &&
		text[length] == '.';
}

void token_folder_sweep(int folder)
{
	struct stat status;
	int fd = fstat(folder, &status) < 0 ? -1
					    : openat(folder, ".", FOLDER_FLAGS);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);

	if (!list && fd >= 0)
		close(fd);
	if (!list)
		return;
	time_t before = status.st_mtime - TOKEN_LIFE;
	for (struct dirent *entry; (entry = readdir(list));) {
		const char *name = entry->d_name;
		const char *token = name + (*name == '.');
		if (token_is_valid(token) &&
			is_answer(folder, name, token, before))
			unlinkat(folder, name, 0);
	}
	closedir(list);
}

bool token_file_write(int folder, const char *root, const char *token,
	const char *answer, ino_t *inode, struct error *err)
{
	char draft[CHALLENGE_TOKEN_MAX + 2];

	draft_name(draft, token);
	int file = create_draft(folder, draft);
	if (file < 0)
		return fail_place(err, errno, root, TOKEN_FOLDER);
	bool is_whole = fill(file, answer, inode);
	int number = errno;
	close(file);
	if (is_whole && renameat(folder, draft, folder, token) == 0) {
		token_folder_sweep(folder);
		return true;
	}
	if (is_whole)
		number = errno;
	unlinkat(folder, draft, 0);
	return fail_place(err, number, root, TOKEN_FOLDER);
}

bool token_file_remove(
	int folder, const char *token, ino_t inode, struct error *err)
{
	struct stat status;

	assert(token_is_valid(token));
	if (fstatat(folder, token, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
		status.st_ino != inode)
		return true;
	if (unlinkat(folder, token, 0) == 0 || errno == ENOENT)
		return true;
	return fail_errno(
		err, errno, "cannot remove '%s/%s'", TOKEN_FOLDER, token);
}
