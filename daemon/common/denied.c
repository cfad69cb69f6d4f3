/* SPDX-License-Identifier: MIT */
#include "denied.h"

#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool may(const char *path, int access)
{
	return faccessat(AT_FDCWD, path, access, AT_EACCESS) == 0 ||
		errno != EACCES;
}

/* Cuts the path behind the first part that denies itself; false: none does. */
static bool find(char *path, int access)
{
	for (char *slash = strchr(path + 1, '/'); slash;
		slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (!may(path, X_OK))
			return true;
		*slash = '/';
	}
	return !may(path, access);
}

static void add(struct error *err, const char *text)
{
	size_t length = strlen(err->text);

	text_clean(err->text + length, sizeof(err->text) - length, text,
		strlen(text));
}

void denied_explain(struct error *err, int number, const char *path, int access)
{
	struct stat status;
	char part[PATH_MAX];
	char text[PATH_MAX + 128];

	if (!err || *path != '/' || (number != EACCES && number != EPERM))
		return;
	snprintf(part, sizeof(part), "%s", path);
	if (find(part, access) && stat(part, &status) == 0)
		snprintf(text, sizeof(text),
			"; '%s' (mode %04o, owner %u) keeps uid %u out", part,
			(unsigned)status.st_mode & 07777u,
			(unsigned)status.st_uid, (unsigned)geteuid());
	else {
		snprintf(err->code, sizeof(err->code), "L10");
		snprintf(text, sizeof(text),
			"; no mode denies it to uid %u: look at SELinux, "
			"AppArmor and the unit's own walls",
			(unsigned)geteuid());
	}
	add(err, text);
}
