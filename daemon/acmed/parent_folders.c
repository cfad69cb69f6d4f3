/* SPDX-License-Identifier: MIT */
#include "parent_folders.h"

#include "mem.h"
#include "paths.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 128

/* With all that is above it. */
static bool make_path(const char *path)
{
	cleanup(string) char *copy = strdup(path);

	if (!copy)
		return false;
	for (char *slash = strchr(copy + 1, '/'); slash;
		slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0755) < 0 && errno != EEXIST)
			return false;
		*slash = '/';
	}
	return mkdir(copy, 0755) == 0 || errno == EEXIST;
}

static bool make_folder(
	const char *path, const struct launch_user *owner, struct error *err)
{
	mode_t before = umask(0022);
	bool is_made = make_path(path);
	int number = errno;

	umask(before);
	if (!is_made)
		return fail_errno(err, number, "cannot make '%s'", path);
	if (owner && owner->name && chown(path, owner->uid, owner->gid) < 0)
		return fail_errno(err, errno, "cannot give '%s' to '%s'", path,
			owner->name);
	return true;
}

bool parent_make_folders(const struct launch_user *loop,
	const struct launch_user *vault, struct error *err)
{
	return make_folder(paths_state(), vault, err) &&
		make_folder(paths_runtime(), loop, err) &&
		make_folder(paths_sockets(), NULL, err);
}

bool parent_address(const char *name, struct sockaddr_un *out)
{
	*out = (struct sockaddr_un){.sun_family = AF_UNIX};
	int length = snprintf(out->sun_path, sizeof(out->sun_path), "%s/%s",
		paths_sockets(), name);
	return length > 0 && (size_t)length < sizeof(out->sun_path);
}

static bool bind_privately(int fd, const struct sockaddr_un *address)
{
	mode_t before = umask(0177);
	int result =
		bind(fd, (const struct sockaddr *)address, sizeof(*address));
	int number = errno;

	umask(before);
	errno = number;
	return result == 0;
}

int parent_listen(
	const char *name, const struct launch_user *loop, struct error *err)
{
	struct sockaddr_un address;

	if (!parent_address(name, &address)) {
		fail(err, ERROR_LOCAL, "the path '%s/%s' is too long",
			paths_sockets(), name);
		return -1;
	}
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	unlink(address.sun_path);
	if (fd >= 0 && bind_privately(fd, &address) &&
		(!loop->name ||
			chown(address.sun_path, loop->uid, loop->gid) == 0) &&
		listen(fd, BACKLOG) == 0)
		return fd;
	fail_errno(err, errno, "cannot listen on '%s'", address.sun_path);
	if (fd >= 0)
		close(fd);
	return -1;
}

void parent_unlink(const char *name)
{
	struct sockaddr_un address;

	if (parent_address(name, &address))
		unlink(address.sun_path);
}
