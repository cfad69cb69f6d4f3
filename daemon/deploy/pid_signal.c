/* SPDX-License-Identifier: MIT */
#include "pid_signal.h"

#include "mem.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Reads "123\n" and nothing else. */
static bool parse_pid(const char *text, int *pid)
{
	char *end;

	if (text[0] < '1' || text[0] > '9')
		return false;
	errno = 0;
	long number = strtol(text, &end, 10);
	if (errno || number > INT_MAX || number < 2 ||
		end[strspn(end, " \t\r\n")])
		return false;
	*pid = (int)number;
	return true;
}

static bool read_pid(
	const char *path, struct stat *status, int *pid, struct error *err)
{
	char text[32] = "";
	int file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (file < 0 && errno == ENOENT)
		return fail_cause(err, ERROR_LOCAL, "P1",
			"there is no '%s': is the service running?", path);
	if (file < 0)
		return fail_errno(err, errno, "cannot open '%s'", path);
	bool is_read = fstat(file, status) == 0 && S_ISREG(status->st_mode) &&
		read(file, text, sizeof(text) - 1) > 0;
	close(file);
	return (is_read && parse_pid(text, pid)) ||
		fail(err, ERROR_LOCAL, "'%s' holds no process id", path);
}

static bool check_owner(
	const char *path, const struct stat *file, int pid, struct error *err)
{
	char folder[32];
	struct stat process;

	snprintf(folder, sizeof(folder), "/proc/%d", pid);
	if (stat(folder, &process) < 0)
		return fail_cause(err, ERROR_LOCAL, "P1",
			"process %d of '%s' is not there", pid, path);
	if ((file->st_mode & (S_IWOTH | S_IWGRP)) ||
		(file->st_uid != 0 && file->st_uid != geteuid() &&
			file->st_uid != process.st_uid))
		return fail(err, ERROR_REFUSED,
			"'%s' can be written by others than the user of "
			"process %d",
			path, pid);
	return true;
}

/* The descriptor holds the process: its number cannot get another meaning
 * between the look and the signal. */
bool pid_signal_send(int number, const char *pid_file, struct error *err)
{
	struct stat status = {0};
	int pid = 0;

	if (!read_pid(pid_file, &status, &pid, err))
		return false;
	int process = (int)syscall(SYS_pidfd_open, pid, 0);
	if (process < 0 && errno != ESRCH)
		return fail_errno(err, errno, "cannot open process %d", pid);
	bool is_sent = check_owner(pid_file, &status, pid, err);
	if (is_sent &&
		(process < 0 ||
			syscall(SYS_pidfd_send_signal, process, number, NULL,
				0) < 0))
		is_sent = fail_cause(err, ERROR_LOCAL, "P1",
			"cannot signal process %d of '%s'", pid, pid_file);
	if (process >= 0)
		close(process);
	return is_sent;
}
