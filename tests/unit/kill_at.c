/* SPDX-License-Identifier: MIT */
#include "kill_at.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SYSCALL_STOP (SIGTRAP | 0x80)

static const unsigned long CALLS[] = {
	SYS_renameat2,
	SYS_symlinkat,
#ifdef SYS_renameat
	SYS_renameat,
#endif
};

/* A file that is removed is seldom there: only folders count. */
static bool removes_a_folder(const struct __ptrace_syscall_info *info)
{
	return info->entry.nr == SYS_unlinkat &&
		(info->entry.args[2] & AT_REMOVEDIR);
}

static bool changes_a_folder(pid_t child)
{
	struct __ptrace_syscall_info info = {0};

	if (ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof(info), &info) <= 0 ||
		info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return false;
	for (size_t i = 0; i < sizeof(CALLS) / sizeof(*CALLS); i++)
		if (info.entry.nr == CALLS[i])
			return true;
	return removes_a_folder(&info);
}

/* What is to be given to the child, or -1: it has ended. */
static int wait_for_stop(pid_t child, bool *is_call)
{
	int status = 0;

	*is_call = false;
	if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status))
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
	if (WSTOPSIG(status) == SYSCALL_STOP) {
		*is_call = true;
		return 0;
	}
	return WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
}

static void follow(pid_t child, unsigned number)
{
	bool is_call = false;

	wait_for_stop(child, &is_call);
	ptrace(PTRACE_SETOPTIONS, child, NULL,
		PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
	for (int signal = 0;;) {
		ptrace(PTRACE_SYSCALL, child, NULL, signal);
		signal = wait_for_stop(child, &is_call);
		if (!is_call || !changes_a_folder(child) || --number)
			continue;
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		_exit(9);
	}
}

pid_t kill_at(unsigned number)
{
	pid_t tracer = fork();

	if (tracer != 0)
		return tracer;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	pid_t child = fork();
	if (child == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		return 0;
	}
	close_range(3, ~0U, 0);
	follow(child, number);
	_exit(1);
}
