/* SPDX-License-Identifier: MIT */
#include "port_process.h"

#include "text.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define STATE_LISTEN 0x0A

/* The inode of a listening socket in /proc/net/tcp or tcp6, 0 for none. */
static unsigned long listener_in(const char *path, uint16_t port)
{
	FILE *file = fopen(path, "re");
	char line[512];
	unsigned long found = 0;

	if (!file)
		return 0;
	while (!found && fgets(line, sizeof(line), file)) {
		unsigned local, state;
		unsigned long inode;
		if (sscanf(line,
			    " %*d: %*[0-9A-Fa-f]:%x %*s %x %*s %*s %*s %*s %*s "
			    "%lu",
			    &local, &state, &inode) == 3 &&
			local == port && state == STATE_LISTEN)
			found = inode;
	}
	fclose(file);
	return found;
}

static bool holds(const char *pid, unsigned long inode)
{
	char path[600], link[64], want[64];
	bool found = false;

	snprintf(want, sizeof(want), "socket:[%lu]", inode);
	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	DIR *folder = opendir(path);
	if (!folder)
		return false;
	for (struct dirent *e; !found && (e = readdir(folder));) {
		ssize_t length = readlinkat(
			dirfd(folder), e->d_name, link, sizeof(link) - 1);
		if (length < 0)
			continue;
		link[length] = '\0';
		found = streq(link, want);
	}
	closedir(folder);
	return found;
}

static void describe(const char *pid, char *out, size_t size)
{
	char path[300], name[64] = "?";

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	FILE *file = fopen(path, "re");
	if (file && fgets(name, sizeof(name), file))
		name[strcspn(name, "\n")] = '\0';
	if (file)
		fclose(file);
	snprintf(out, size, "%s (pid %s)", name, pid);
}

bool port_process_name(uint16_t port, char *out, size_t size)
{
	unsigned long inode = listener_in("/proc/net/tcp", port);
	bool found = false;

	if (!inode)
		inode = listener_in("/proc/net/tcp6", port);
	DIR *folder = inode ? opendir("/proc") : NULL;
	if (!folder)
		return false;
	for (struct dirent *e; !found && (e = readdir(folder));)
		if (isdigit((unsigned char)e->d_name[0]) &&
			holds(e->d_name, inode)) {
			describe(e->d_name, out, size);
			found = true;
		}
	closedir(folder);
	return found;
}
