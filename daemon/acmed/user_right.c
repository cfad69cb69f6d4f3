/* SPDX-License-Identifier: MIT */
#include "user_right.h"

#include <sys/stat.h>
#include <unistd.h>

bool user_may(const struct passwd *user, const char *path, int access)
{
	const mode_t wanted = (mode_t)access; /* as the bits of others */
	struct stat status;

	if (!user || stat(path, &status) < 0)
		return true;
	mode_t mode = status.st_mode;
	if (status.st_uid == user->pw_uid)
		mode >>= 6;
	else if (status.st_gid == user->pw_gid)
		mode >>= 3;
	return (mode & wanted) == wanted;
}

bool user_may_read(
	const struct passwd *user, const char *path, struct error *err)
{
	return user_may(user, path, R_OK) ||
		fail_cause(err, ERROR_LOCAL, "L4",
			"%s cannot read '%s': run 'chgrp %s %s' and 'chmod "
			"0640 %s'",
			user->pw_name, path, user->pw_name, path, path);
}
