/* SPDX-License-Identifier: MIT */
#include "launch.h"

#include "handed_socket.h"
#include "paths.h"
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CANNOT_EXECUTE 127

bool launch_find_user(const char *name, struct launch_user *out)
{
	const struct passwd *entry = getpwnam(name);

	if (!entry)
		return false;
	*out = (struct launch_user){name, entry->pw_uid, entry->pw_gid};
	return true;
}

static bool keep_capabilities(unsigned mask)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {
		{.effective = mask, .permitted = mask},
	};

	return syscall(SYS_capset, &head, data) == 0;
}

bool launch_become(const struct launch_user *user, bool can_bind)
{
	if (!user->name)
		return true;
	if (can_bind)
		prctl(PR_SET_KEEPCAPS, 1);
	if (initgroups(user->name, user->gid) < 0 ||
		setresgid(user->gid, user->gid, user->gid) < 0 ||
		setresuid(user->uid, user->uid, user->uid) < 0)
		return false;
	return !can_bind || keep_capabilities(1u << CAP_NET_BIND_SERVICE) ||
		keep_capabilities(0);
}

/* As sd_listen_fds(3) has it. */
static bool pass_socket(int socket)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	if (dup2(socket, HANDED_SOCKET) < 0 ||
		fcntl(HANDED_SOCKET, F_SETFD, 0) < 0 ||
		close_range(HANDED_SOCKET + 1, ~0u, 0) < 0)
		return false;
	unsetenv("NOTIFY_SOCKET");
	unsetenv("LISTEN_FDNAMES");
	return setenv("LISTEN_PID", pid, 1) == 0 &&
		setenv("LISTEN_FDS", "1", 1) == 0;
}

_Noreturn static void execute(const struct launch *launch)
{
	const char *path = paths_helper(launch->program);
	const char *const arguments[] = {launch->program,
		launch->main_file ? "-c" : NULL, launch->main_file, NULL};

	setpgid(0, 0);
	if (launch->has_no_network && geteuid() == 0)
		unshare(CLONE_NEWNET);
	signals_reset();
	if (pass_socket(launch->socket) && launch_become(&launch->user, false))
		execv(path, (char *const *)arguments);
	fprintf(stderr, "acmed: cannot start '%s': %s\n", path,
		strerror(errno));
	_exit(CANNOT_EXECUTE);
}

pid_t launch_start(const struct launch *launch)
{
	pid_t pid = fork();

	if (pid == 0)
		execute(launch);
	return pid;
}
