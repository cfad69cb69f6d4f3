/* SPDX-License-Identifier: MIT */
#include "program.h"

#include "diagnosis_hook.h"
#include "mem.h"
#include "monotonic.h"
#include "program_check.h"
#include "program_output.h"
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define GRACE 2.0 /* seconds between TERM and KILL */
#define KILL_ROUNDS 100

/* Standard output and standard error; one pipe for both unless what it says
 * is wanted. */
#define OUT 0
#define ERR 1

struct children {
	pid_t *pids; /* owned */
	size_t count;
};

struct run {
	struct children others; /* owned: they were there before it */
	pid_t pid;
	int pidfd; /* owned */
	int input; /* owned */
	int pipes[2]; /* owned: where it writes */
	struct program_output output[2];
	int leash; /* borrowed; -1: none, or it has been seen to close */
	int status;
	bool is_late;
	bool is_unwanted;
};

/* The child. */

static void become(const struct program_wish *wish, const char *real,
	const struct run *run)
{
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	signals_reset();
	umask(022);
	if (chdir("/") < 0 || dup2(run->input, 0) < 0 ||
		dup2(run->pipes[wish->reply ? OUT : ERR], 1) < 0 ||
		dup2(run->pipes[ERR], 2) < 0)
		_exit(126);
	close_range(3, ~0U, 0);
	execve(real, wish->words, wish->environment);
	dprintf(2, "%s\n", strerror(errno));
	_exit(127);
}

/* All children of ours. */

static struct children list_children(void)
{
	struct children children = {0};
	char path[64];
	int pid;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	FILE *file = fopen(path, "re");
	while (file && fscanf(file, "%d", &pid) == 1) {
		children.pids = mem_resize(
			children.pids, children.count + 1, sizeof(pid_t));
		children.pids[children.count++] = pid;
	}
	if (file)
		fclose(file);
	return children;
}

static bool has(const struct children *children, pid_t pid)
{
	for (size_t i = 0; i < children->count; i++)
		if (children->pids[i] == pid)
			return true;
	return false;
}

/* Whatever has left its process group comes to us, its subreaper; and so do
 * its children once it is gone. */
static bool kill_children_but(const struct children *spared)
{
	struct children children = list_children();
	bool has_any = false;

	for (size_t i = 0; i < children.count; i++) {
		if (has(spared, children.pids[i]))
			continue;
		kill(children.pids[i], SIGKILL);
		waitpid(children.pids[i], NULL, 0);
		has_any = true;
	}
	free(children.pids);
	return has_any;
}

static void end_all_but(const struct children *spared)
{
	for (int i = 0; i < KILL_ROUNDS && kill_children_but(spared); i++)
		;
}

void program_end_all(void)
{
	end_all_but(&(struct children){0});
}

/* Its end. */

static void take_output(struct run *run)
{
	program_output_take(&run->output[OUT]);
	program_output_take(&run->output[ERR]);
}

static bool has_closed(struct run *run, const struct pollfd *leash)
{
	if (!(leash->revents & (POLLRDHUP | POLLHUP | POLLERR)))
		return false;
	run->leash = -1;
	run->is_unwanted = true;
	return true;
}

/* Waits for the end of the process and takes what it writes meanwhile. */
static bool wait_until(struct run *run, double deadline)
{
	double left;

	while ((left = deadline - monotonic_now()) > 0) {
		struct pollfd waits[] = {
			{.fd = run->pidfd, .events = POLLIN},
			{.fd = run->output[OUT].pipe, .events = POLLIN},
			{.fd = run->output[ERR].pipe, .events = POLLIN},
			{.fd = run->leash, .events = POLLRDHUP},
		};
		if (poll(waits, 4, (int)(left * 1000) + 1) < 0 &&
			errno != EINTR)
			return false;
		take_output(run);
		if (waits[0].revents)
			return true;
		if (has_closed(run, &waits[3]))
			return false;
	}
	return false;
}

static void end_late(struct run *run)
{
	run->is_late = !run->is_unwanted;
	kill(-run->pid, SIGTERM);
	if (!wait_until(run, monotonic_now() + GRACE))
		kill(-run->pid, SIGKILL);
	kill(run->pid, SIGKILL);
	waitpid(run->pid, &run->status, 0);
	kill(-run->pid, SIGKILL);
	end_all_but(&run->others);
}

static const char *last_words(struct run *run)
{
	const char *line = program_output_last(&run->output[ERR]);

	return line[0] ? line : program_output_last(&run->output[OUT]);
}

static bool judge(
	struct run *run, const struct program_wish *wish, struct error *err)
{
	const char *line = last_words(run);
	const char *colon = line[0] ? "; its last words: " : "";
	int status = WEXITSTATUS(run->status);

	if (run->is_unwanted)
		return fail(err, ERROR_LOCAL, "nobody waits for it any more");
	if (run->is_late)
		return fail_cause(err, ERROR_LOCAL, "M2",
			"it ran over %g s and was killed%s%s", wish->deadline,
			colon, line);
	if (WIFSIGNALED(run->status))
		return fail_cause(err, ERROR_LOCAL, "E4",
			"it died of signal %d%s%s", WTERMSIG(run->status),
			colon, line);
	return status == 0 ||
		fail_cause(err, ERROR_LOCAL,
			status == PROGRAM_TRY_LATER ? "D9"
						    : diagnosis_of_hook(line),
			"it ended with status %d%s%s", status, colon, line);
}

/* Around the run. A file as input needs nobody to write it meanwhile. */

static int open_input(const char *input)
{
	if (!input)
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	int fd = memfd_create("input", MFD_CLOEXEC);
	size_t length = strlen(input);
	if (fd >= 0 &&
		(write(fd, input, length) != (ssize_t)length ||
			lseek(fd, 0, SEEK_SET) < 0)) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool open_pipe(struct run *run, int which)
{
	int pipes[2];

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return false;
	program_output_open(&run->output[which], pipes[0]);
	run->pipes[which] = pipes[1];
	return true;
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void close_child_ends(struct run *run)
{
	close_end(&run->input);
	close_end(&run->pipes[OUT]);
	close_end(&run->pipes[ERR]);
}

static bool open_ends(
	struct run *run, const struct program_wish *wish, struct error *err)
{
	run->input = open_input(wish->input);
	if (run->input < 0 || !open_pipe(run, ERR) ||
		(wish->reply && !open_pipe(run, OUT)))
		return fail_errno(err, errno, "cannot make a pipe");
	run->output[OUT].kept = wish->reply;
	return true;
}

static bool start(struct run *run, const struct program_wish *wish,
	const char *real, struct error *err)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	run->others = list_children();
	run->pid = fork();
	if (run->pid < 0)
		return fail_errno(err, errno, "cannot fork");
	if (run->pid == 0)
		become(wish, real, run);
	close_child_ends(run);
	setpgid(run->pid, run->pid);
	run->pidfd = (int)syscall(SYS_pidfd_open, run->pid, 0);
	return true;
}

static bool run_it(
	const struct program_wish *wish, const char *real, struct error *err)
{
	struct run run = {
		.pidfd = -1,
		.input = -1,
		.leash = wish->leash ? *wish->leash : -1,
		.pipes = {-1, -1},
		.output = {{.pipe = -1}, {.pipe = -1}},
	};
	bool is_well =
		open_ends(&run, wish, err) && start(&run, wish, real, err);

	if (is_well) {
		if (wait_until(&run, monotonic_now() + wish->deadline))
			waitpid(run.pid, &run.status, 0);
		else
			end_late(&run);
		take_output(&run);
		is_well = judge(&run, wish, err);
	}
	close_child_ends(&run);
	close_end(&run.pidfd);
	free(run.others.pids);
	program_output_close(&run.output[OUT]);
	program_output_close(&run.output[ERR]);
	return is_well;
}

bool program_run(const struct program_wish *wish, struct error *err)
{
	char real[PATH_MAX];

	if (!program_find(wish->words[0], real, err))
		return false;
	if (run_it(wish, real, err))
		return true;
	error_prefix(err, "'%.150s'", wish->words[0]);
	return false;
}
