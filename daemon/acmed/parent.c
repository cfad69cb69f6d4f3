/* SPDX-License-Identifier: MIT */
#include "parent.h"

#include "keeper.h"
#include "parent_folders.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* All of them, or none. */
static bool find_users(struct keeper *keeper)
{
	struct keeper found = *keeper;

	if (geteuid() != 0 || !launch_find_user("acmed", &found.loop_user) ||
		!launch_find_user("acmed-vault", &found.users[SERVICE_VAULT]) ||
		!launch_find_user("acmed-hand", &found.users[SERVICE_HAND]) ||
		!launch_find_user("acmed-notify", &found.users[SERVICE_NOTIFY]))
		return false;
	*keeper = found;
	return true;
}

static void fill_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGCHLD);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
}

/* What was handed to us (LISTEN_FDS) was meant for this process now. */
static void inherit_sockets(pid_t parent)
{
	const char *pid = getenv("LISTEN_PID");
	char own[16];

	if (!pid || atoi(pid) != parent)
		return;
	snprintf(own, sizeof(own), "%d", (int)getpid());
	setenv("LISTEN_PID", own, 1);
}

static void become_loop(
	struct keeper *keeper, const sigset_t *mask, pid_t parent)
{
	keeper_close(keeper);
	setpgid(0, 0);
	if (!launch_become(&keeper->loop_user, true)) {
		fprintf(stderr, "acmed: cannot become '%s': %s\n",
			keeper->loop_user.name, strerror(errno));
		_exit(EXIT_FAILURE);
	}
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	inherit_sockets(parent);
	/* Until the loop listens, a rescan is no reason to die. */
	signal(SIGHUP, SIG_IGN);
	sigprocmask(SIG_SETMASK, mask, NULL);
}

bool parent_is_needed(void)
{
	struct sockaddr_un address;

	if (getppid() == 1 && getenv("NOTIFY_SOCKET") &&
		access("/run/systemd/system", F_OK) == 0)
		return false;
	if (!parent_address("vault", &address))
		return true;
	int fd = socket(
		AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return false;
	int result = connect(fd, (struct sockaddr *)&address, sizeof(address));
	bool is_absent =
		result < 0 && (errno == ENOENT || errno == ECONNREFUSED);
	close(fd);
	return is_absent;
}

bool parent_split(
	const char *main_file, struct parent_view *view, struct error *err)
{
	struct keeper keeper = {.main_file = main_file};
	pid_t parent = getpid();
	sigset_t mask;

	bool has_users = find_users(&keeper);
	fill_signals(&keeper.handled);
	if (!parent_make_folders(
		    &keeper.loop_user, &keeper.users[SERVICE_VAULT], err) ||
		!keeper_open(&keeper, err))
		return false;
	sigprocmask(SIG_BLOCK, &keeper.handled, &mask);
	keeper.loop = fork();
	if (keeper.loop < 0)
		return fail_errno(err, errno, "cannot split");
	if (keeper.loop > 0)
		keeper_run(&keeper);
	become_loop(&keeper, &mask, parent);
	*view = (struct parent_view){true, has_users};
	return true;
}
