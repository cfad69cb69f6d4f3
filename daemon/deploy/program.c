/* SPDX-License-Identifier: MIT */
#include "program.h"

#include "mem.h"
#include "program_output.h"
#include "text.h"
#include "trusted_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define GRACE 2.0 /* seconds between TERM and KILL */
#define KILL_ROUNDS 100

struct run {
	pid_t pid;
	int pidfd; /* owned */
	struct program_output output;
	int status;
	bool is_late;
};

/* Before it runs. */

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
	return fd >= 0;
}

/* The real file, after all links, and its folders belong to root. */
static bool check_program(
	const char *path, char real[static PATH_MAX], struct error *err)
{
	struct stat status;

	if (path[0] != '/')
		return fail(err, ERROR_REFUSED, "it is no absolute path");
	if (!realpath(path, real) || stat(real, &status) < 0)
		return fail_errno(err, errno, "cannot find it");
	if (!S_ISREG(status.st_mode) || !(status.st_mode & S_IXUSR))
		return fail(err, ERROR_REFUSED, "it is no executable file");
	if ((status.st_uid != 0 && status.st_uid != geteuid()) ||
		(status.st_mode & S_IWOTH) ||
		((status.st_mode & S_IWGRP) && status.st_gid != 0))
		return fail(err, ERROR_REFUSED,
			"others than root can change it; run: "
			"chown root:root '%s' && chmod go-w '%s'",
			real, real);
	return check_folder_of(real, err);
}

/* The child. */

static void reset_signals(void)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void become(const struct program_wish *wish, const char *real, int out)
{
	int nothing = open("/dev/null", O_RDONLY);

	setpgid(0, 0);
	reset_signals();
	umask(022);
	if (chdir("/") < 0 || dup2(nothing, 0) < 0 || dup2(out, 1) < 0 ||
		dup2(out, 2) < 0)
		_exit(126);
	close_range(3, ~0U, 0);
	execve(real, wish->words, wish->environment);
	dprintf(2, "%s\n", strerror(errno));
	_exit(127);
}

/* Its end. */

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Waits for the end of the process and takes what it writes meanwhile. */
static bool wait_until(struct run *run, double deadline)
{
	double left;

	while ((left = deadline - now()) > 0) {
		struct pollfd waits[] = {
			{.fd = run->pidfd, .events = POLLIN},
			{.fd = run->output.pipe, .events = POLLIN},
		};
		if (poll(waits, 2, (int)(left * 1000) + 1) < 0 &&
			errno != EINTR)
			return false;
		if (waits[1].revents)
			program_output_take(&run->output);
		if (waits[0].revents)
			return true;
	}
	return false;
}

/* Whatever has left its process group comes to us, its subreaper; and so do
 * its children once it is gone. */
static bool kill_children(void)
{
	char path[64];
	bool has_any = false;
	int pid;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	FILE *file = fopen(path, "re");
	while (file && fscanf(file, "%d", &pid) == 1) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		has_any = true;
	}
	if (file)
		fclose(file);
	return has_any;
}

static void end_late(struct run *run)
{
	run->is_late = true;
	kill(-run->pid, SIGTERM);
	if (!wait_until(run, now() + GRACE))
		kill(-run->pid, SIGKILL);
	kill(run->pid, SIGKILL);
	waitpid(run->pid, &run->status, 0);
	kill(-run->pid, SIGKILL);
	for (int i = 0; i < KILL_ROUNDS && kill_children(); i++)
		;
}

static bool judge(
	struct run *run, const struct program_wish *wish, struct error *err)
{
	const char *line = program_output_last(&run->output);
	const char *colon = line[0] ? "; its last words: " : "";

	if (run->is_late)
		return fail(err, ERROR_LOCAL,
			"it ran over %g s and was killed%s%s", wish->deadline,
			colon, line);
	if (WIFSIGNALED(run->status))
		return fail(err, ERROR_LOCAL, "it died of signal %d%s%s",
			WTERMSIG(run->status), colon, line);
	return WEXITSTATUS(run->status) == 0 ||
		fail(err, ERROR_LOCAL, "it ended with status %d%s%s",
			WEXITSTATUS(run->status), colon, line);
}

static bool run_it(
	const struct program_wish *wish, const char *real, struct error *err)
{
	struct run run = {.pid = -1, .pidfd = -1};
	int pipes[2];

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return fail_errno(err, errno, "cannot make a pipe");
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	run.pid = fork();
	int number = errno;
	if (run.pid == 0)
		become(wish, real, pipes[1]);
	close(pipes[1]);
	program_output_open(&run.output, pipes[0]);
	if (run.pid > 0) {
		setpgid(run.pid, run.pid);
		run.pidfd = (int)syscall(SYS_pidfd_open, run.pid, 0);
	}
	if (run.pid > 0 && !wait_until(&run, now() + wish->deadline))
		end_late(&run);
	else if (run.pid > 0)
		waitpid(run.pid, &run.status, 0);
	program_output_take(&run.output);
	bool is_well = run.pid > 0 ? judge(&run, wish, err)
				   : fail_errno(err, number, "cannot fork");
	program_output_close(&run.output);
	if (run.pidfd >= 0)
		close(run.pidfd);
	return is_well;
}

bool program_run(const struct program_wish *wish, struct error *err)
{
	char real[PATH_MAX];

	if (check_program(wish->words[0], real, err) && run_it(wish, real, err))
		return true;
	error_prefix(err, "'%.150s'", wish->words[0]);
	snprintf(err->code, sizeof(err->code), "P5");
	return false;
}
