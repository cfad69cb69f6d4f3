/* SPDX-License-Identifier: MIT */
#include "user_right.h"

#include <sys/stat.h>

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
