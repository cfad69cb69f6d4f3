/* SPDX-License-Identifier: MIT */
#include "keeper.h"

#include "monotonic.h"
#include "parent_folders.h"
#include "rest.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAUSE_LEAST 0.1 /* seconds before a vault that died is started again */
#define PAUSE_MOST 10.
#define LIVED_WELL 10.
#define END_DEADLINE 10. /* for the helpers, after the loop has ended */
#define PAUSE_WITHOUT_MEANS 1.

static const struct {
	const char *name;
	const char *program;
	unsigned most; /* running at a time */
	bool has_listener; /* takes the listening socket, not a connection */
	bool has_no_network;
} TABLE[SERVICES] = {
	[SERVICE_VAULT] = {"vault", "acmed-vault", 1, true, true},
	[SERVICE_HAND] = {"hand", "acmed-hand", 64, false, false},
	[SERVICE_DEPLOY] = {"deploy", "acmed-deploy", 64, false, false},
	[SERVICE_NOTIFY] = {"notify", "acmed-notify", 4, false, false},
};

/* Children. */

static void remember(struct keeper *keeper, enum service service, pid_t pid)
{
	struct keeper_child *child = keeper->children;

	while (child->pid)
		child++;
	*child = (struct keeper_child){pid, service, monotonic_now()};
	keeper->running[service]++;
}

/* One that dies soon, again and again, is started less and less often. */
static void set_pause(struct keeper *keeper, const struct keeper_child *child)
{
	double *pause = &keeper->pause[child->service];

	*pause = monotonic_now() - child->since < LIVED_WELL ? *pause * 2 : 0;
	if (*pause < PAUSE_LEAST)
		*pause = PAUSE_LEAST;
	if (*pause > PAUSE_MOST)
		*pause = PAUSE_MOST;
	keeper->not_before[child->service] = monotonic_now() + *pause;
}

static void forget(struct keeper *keeper, pid_t pid)
{
	for (int i = 0; i < KEEPER_CHILDREN_MAX; i++) {
		struct keeper_child *child = &keeper->children[i];
		if (child->pid != pid)
			continue;
		keeper->running[child->service]--;
		if (TABLE[child->service].has_listener)
			set_pause(keeper, child);
		child->pid = 0;
	}
}

static void reap(struct keeper *keeper)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		forget(keeper, pid);
		if (pid != keeper->loop)
			continue;
		keeper->loop = 0;
		keeper->status = WIFEXITED(status) ? WEXITSTATUS(status)
						   : 128 + WTERMSIG(status);
	}
}

static bool has_children(const struct keeper *keeper)
{
	for (int i = 0; i < SERVICES; i++)
		if (keeper->running[i])
			return true;
	return false;
}

/* Somebody called. */

static void start(struct keeper *keeper, enum service service, int fd)
{
	const struct launch launch = {
		.program = TABLE[service].program,
		.main_file = keeper->main_file,
		.socket = fd,
		.user = keeper->users[service],
		.has_no_network = TABLE[service].has_no_network,
	};
	pid_t pid = launch_start(&launch);

	if (pid > 0) {
		remember(keeper, service, pid);
		return;
	}
	fprintf(stderr, "acmed: cannot start '%s': %s\n", launch.program,
		strerror(errno));
	keeper->not_before[service] = monotonic_now() + PAUSE_WITHOUT_MEANS;
}

static void on_call(struct keeper *keeper, enum service service)
{
	if (TABLE[service].has_listener) {
		start(keeper, service, keeper->listeners[service]);
		return;
	}
	int fd = accept4(keeper->listeners[service], NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0) {
		keeper->not_before[service] =
			monotonic_now() + PAUSE_WITHOUT_MEANS;
		return;
	}
	start(keeper, service, fd);
	close(fd);
}

/* Signals. */

static void on_signal(struct keeper *keeper, unsigned number)
{
	if (number == SIGCHLD)
		reap(keeper);
	else if (keeper->loop && number == SIGHUP)
		kill(keeper->loop, SIGHUP);
	else if (keeper->loop)
		kill(keeper->loop, SIGTERM);
}

static void read_signals(struct keeper *keeper)
{
	struct signalfd_siginfo info;

	while (read(keeper->signals, &info, sizeof(info)) == sizeof(info))
		on_signal(keeper, info.ssi_signo);
}

/* Waiting. */

static void wait_until(
	struct keeper *keeper, double when, struct pollfd *fds, nfds_t count)
{
	double left = when - monotonic_now();
	struct timespec timeout = {0};

	if (left > 0) {
		timeout.tv_sec = (time_t)left;
		timeout.tv_nsec = (long)((left - (double)timeout.tv_sec) * 1e9);
	}
	fds[0] = (struct pollfd){.fd = keeper->signals, .events = POLLIN};
	int ready = ppoll(fds, count, when > 0 ? &timeout : NULL, NULL);
	if (ready < 0)
		rest_after_failure();
	else if (fds[0].revents)
		read_signals(keeper);
}

/* Who may be called now is listened to; the others wait for their time, or
 * for one of their kind to end. */
static void serve(struct keeper *keeper)
{
	struct pollfd fds[1 + SERVICES];
	double next = 0;

	for (int i = 0; i < SERVICES; i++) {
		double not_before = keeper->not_before[i];
		bool is_full = keeper->running[i] == TABLE[i].most;
		bool is_early = not_before > monotonic_now();
		fds[1 + i] = (struct pollfd){
			.fd = is_full || is_early ? -1 : keeper->listeners[i],
			.events = POLLIN,
		};
		if (!is_full && is_early && (next <= 0 || not_before < next))
			next = not_before;
	}
	wait_until(keeper, next, fds, 1 + SERVICES);
	for (int i = 0; i < SERVICES && keeper->loop; i++)
		if (fds[1 + i].revents)
			on_call(keeper, (enum service)i);
}

/* The helpers end at the end of their conversations with the loop. */
_Noreturn static void end(struct keeper *keeper)
{
	double deadline = monotonic_now() + END_DEADLINE;
	struct pollfd fds[1];

	for (int i = 0; i < SERVICES; i++) {
		close(keeper->listeners[i]);
		parent_unlink(TABLE[i].name);
	}
	while (has_children(keeper) && monotonic_now() < deadline)
		wait_until(keeper, deadline, fds, 1);
	for (int i = 0; i < KEEPER_CHILDREN_MAX; i++)
		if (keeper->children[i].pid)
			kill(-keeper->children[i].pid, SIGKILL);
	exit(keeper->status);
}

bool keeper_open(struct keeper *keeper, struct error *err)
{
	for (int i = 0; i < SERVICES; i++) {
		keeper->listeners[i] =
			parent_listen(TABLE[i].name, &keeper->loop_user, err);
		if (keeper->listeners[i] >= 0)
			continue;
		while (i-- > 0)
			close(keeper->listeners[i]);
		return false;
	}
	keeper->signals =
		signalfd(-1, &keeper->handled, SFD_CLOEXEC | SFD_NONBLOCK);
	return keeper->signals >= 0 || fail_errno(err, errno, "signalfd");
}

void keeper_close(struct keeper *keeper)
{
	close(keeper->signals);
	for (int i = 0; i < SERVICES; i++)
		close(keeper->listeners[i]);
}

void keeper_run(struct keeper *keeper)
{
	while (keeper->loop)
		serve(keeper);
	end(keeper);
}
