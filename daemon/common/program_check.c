/* SPDX-License-Identifier: MIT */
#include "program_check.h"

#include "mem.h"
#include "program.h"
#include "trusted_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define MISSING "E1"
#define NO_PROGRAM "E2"
#define OPEN_TO_OTHERS "E3"

static bool check_folder_of(const char *path, struct error *err)
{
	const char *slash = strrchr(path, '/');
	cleanup(string) char *folder =
		text_format("%.*s", (int)(slash - path) + 1, path);
	int fd = folder
		? trusted_folder_open(folder,
			  (struct trusted_owner){geteuid(), getegid()}, err)
		: -1;

	if (fd >= 0)
		close(fd);
	if (fd >= 0 || !err)
		return fd >= 0;
	err->kind = ERROR_LOCAL;
	snprintf(err->code, sizeof(err->code), OPEN_TO_OTHERS);
	return false;
}

static bool check_file(
	const char *path, char real[static PATH_MAX], struct error *err)
{
	struct stat status;

	if (path[0] != '/')
		return fail_cause(
			err, ERROR_LOCAL, MISSING, "it is no absolute path");
	if (!realpath(path, real) || stat(real, &status) < 0)
		return fail_cause(err, ERROR_LOCAL, MISSING,
			"cannot find it: %s", strerror(errno));
	if (!S_ISREG(status.st_mode) ||
		faccessat(AT_FDCWD, real, X_OK, AT_EACCESS) < 0)
		return fail_cause(err, ERROR_LOCAL, NO_PROGRAM,
			"it is no executable file; run: chmod a+rx '%s'", real);
	if ((status.st_uid != 0 && status.st_uid != geteuid()) ||
		(status.st_mode & S_IWOTH) ||
		((status.st_mode & S_IWGRP) && status.st_gid != 0))
		return fail_cause(err, ERROR_LOCAL, OPEN_TO_OTHERS,
			"others than root can change it; run: "
			"chown root:root '%s' && chmod go-w '%s'",
			real, real);
	return true;
}

bool program_find(
	const char *path, char real[static PATH_MAX], struct error *err)
{
	if (check_file(path, real, err) && check_folder_of(real, err))
		return true;
	error_prefix(err, "'%.150s'", path);
	return false;
}

bool program_check(const char *path, struct error *err)
{
	char real[PATH_MAX];

	return program_find(path, real, err);
}
