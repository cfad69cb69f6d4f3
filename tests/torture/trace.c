/* SPDX-License-Identifier: MIT */
#include "trace.h"

#include "text.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define SYSCALL_STOP (SIGTRAP | 0x80)
#define PROCESSES_MAX 64
#define OPTIONS \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC | \
		PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | \
		PTRACE_O_TRACECLONE)

enum at_exit {
	EXIT_AS_IS,
	EXIT_KILLED,
	EXIT_CHANGED,
	EXIT_FAILED,
};

struct process {
	pid_t pid;
	bool is_target;
	bool is_known; /* its parent was seen to fork it */
	bool waits; /* for that */
	enum at_exit at_exit; /* of the call under way */
	struct user_regs_struct registers; /* before that was changed */
};

struct tracer {
	struct trace *trace;
	struct process processes[PROCESSES_MAX];
	pid_t root;
	unsigned forks; /* of the root */
	int status; /* the root's */
};

void trace_arm(struct trace *trace)
{
	trace->count = trace->acted = 0;
	trace->is_armed = true;
	if (trace->target == TRACE_ROOT && trace->root)
		kill(trace->root, SIGSTOP); /* which it never gets */
}

struct trace *trace_new(void)
{
	void *memory = mmap(NULL, sizeof(struct trace), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

/* Processes. */

static struct process *find(struct tracer *tracer, pid_t pid)
{
	struct process *free_one = NULL;

	for (size_t i = 0; i < PROCESSES_MAX; i++) {
		struct process *process = &tracer->processes[i];
		if (process->pid == pid)
			return process;
		if (!process->pid && !free_one)
			free_one = process;
	}
	if (free_one)
		*free_one = (struct process){.pid = pid};
	return free_one;
}

static bool is_program(pid_t pid, const char *program)
{
	char link[32], path[PATH_MAX] = "";

	snprintf(link, sizeof(link), "/proc/%d/exe", (int)pid);
	return readlink(link, path, sizeof(path) - 1) > 0 &&
		streq(basename(path), program);
}

/* Calls. */

/* The program must not notice: a call leaves its registers alone. */
static void change_call(
	struct process *process, const struct user_regs_struct *changed)
{
	if (ptrace(PTRACE_SETREGS, process->pid, NULL, changed) == 0)
		process->at_exit = EXIT_CHANGED;
}

static void put_back(const struct process *process, int error)
{
	struct user_regs_struct registers;

	if (ptrace(PTRACE_GETREGS, process->pid, NULL, &registers) != 0)
		return;
	registers.rdi = process->registers.rdi;
	registers.rdx = process->registers.rdx;
	if (error)
		registers.rax = (unsigned long long)-(long long)error;
	ptrace(PTRACE_SETREGS, process->pid, NULL, &registers);
}

/* A call that every filter allows stands in for the one that fails. But a
 * descriptor is closed, whatever close() says, and brk() has no errors: it
 * tells where the break is. */
static void fail_call(struct tracer *tracer, struct process *process)
{
	struct user_regs_struct registers;

	if (ptrace(PTRACE_GETREGS, process->pid, NULL, &registers) != 0)
		return;
	process->registers = registers;
	if (tracer->trace->fault->error == FAULT_SHORT) {
		registers.rdx =
			registers.rdx > 1 ? registers.rdx / 2 : registers.rdx;
		change_call(process, &registers);
		return;
	}
	if (registers.orig_rax == SYS_brk) {
		registers.rdi = 0;
		change_call(process, &registers);
		return;
	}
	if (registers.orig_rax != SYS_close) {
		registers.orig_rax = SYS_getpid;
		change_call(process, &registers);
	}
	process->at_exit = EXIT_FAILED;
}

static bool is_due(const struct trace *trace, enum call_kind kind)
{
	const struct fault *fault = trace->fault;

	if (trace->count < trace->at || !fault_hits(fault, kind))
		return false;
	if (!trace->goes_on)
		return trace->acted == 0;
	return !fault->most || trace->acted < fault->most;
}

static void note(struct trace *trace, const struct __ptrace_syscall_info *info,
	enum call_kind kind)
{
	if (trace->wish != TRACE_COUNT || trace->count > TRACE_CALLS_MAX)
		return;
	trace->calls[trace->count - 1] =
		(struct trace_call){(uint16_t)info->entry.nr, (uint16_t)kind};
}

static void act(struct trace *trace, uint64_t number)
{
	if (!trace->acted++)
		trace->call = number;
}

static void on_entry(struct tracer *tracer, struct process *process,
	const struct __ptrace_syscall_info *info)
{
	struct trace *trace = tracer->trace;
	uint64_t arguments[6];

	process->at_exit = EXIT_AS_IS;
	if (!trace->is_armed || !process->is_target)
		return;
	memcpy(arguments,
		(const char *)info +
			offsetof(struct __ptrace_syscall_info, entry.args),
		sizeof(arguments));
	enum call_kind kind =
		call_kind_of(process->pid, info->entry.nr, arguments);
	trace->count++;
	note(trace, info, kind);
	if (trace->wish == TRACE_FAIL && is_due(trace, kind)) {
		act(trace, info->entry.nr);
		fail_call(tracer, process);
	}
	if (trace->count != trace->at)
		return;
	if (trace->wish == TRACE_KILL || trace->wish == TRACE_KILL_AFTER)
		act(trace, info->entry.nr);
	if (trace->wish == TRACE_KILL)
		kill(process->pid, SIGKILL);
	if (trace->wish == TRACE_KILL_AFTER)
		process->at_exit = EXIT_KILLED;
}

static void on_exit_of_call(struct tracer *tracer, struct process *process)
{
	if (process->at_exit == EXIT_KILLED)
		kill(process->pid, SIGKILL);
	if (process->at_exit == EXIT_FAILED)
		put_back(process, tracer->trace->fault->error);
	if (process->at_exit == EXIT_CHANGED)
		put_back(process, 0);
	process->at_exit = EXIT_AS_IS;
}

static void on_call(struct tracer *tracer, struct process *process)
{
	struct __ptrace_syscall_info info = {0};

	if (ptrace(PTRACE_GET_SYSCALL_INFO, process->pid, sizeof(info),
		    &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
		on_entry(tracer, process, &info);
	else if (info.op == PTRACE_SYSCALL_INFO_EXIT)
		on_exit_of_call(tracer, process);
}

/* Events. */

/* A call that nobody counts costs as much as ten, so that it does not stop
 * before trace_arm(), which reaches the root alone. */
static void go_on(
	const struct tracer *tracer, const struct process *process, int signal)
{
	const struct trace *trace = tracer->trace;
	bool stops = process->is_target &&
		(trace->is_armed || trace->target != TRACE_ROOT);

	ptrace(stops ? PTRACE_SYSCALL : PTRACE_CONT, process->pid, NULL,
		signal);
}

static void on_fork(struct tracer *tracer, const struct process *parent)
{
	const struct trace *trace = tracer->trace;
	unsigned long pid = 0;

	ptrace(PTRACE_GETEVENTMSG, parent->pid, NULL, &pid);
	struct process *child = find(tracer, (pid_t)pid);
	if (!child)
		return;
	child->is_target =
		parent->is_target && trace->target != TRACE_ROOT_ALONE;
	if (parent->pid == tracer->root && tracer->forks++ == 0 &&
		trace->target == TRACE_FIRST_CHILD)
		child->is_target = true;
	child->is_known = true;
	if (child->waits)
		go_on(tracer, child, 0);
	child->waits = false;
}

static void on_exec(struct tracer *tracer, struct process *process)
{
	const struct trace *trace = tracer->trace;

	process->at_exit = EXIT_AS_IS;
	if (trace->target == TRACE_PROGRAM)
		process->is_target = is_program(process->pid, trace->program);
	else if (process->pid == tracer->root)
		process->is_target = trace->target <= TRACE_ROOT_ALONE;
	else
		process->is_target = false;
}

static void on_event(struct tracer *tracer, struct process *process, int event)
{
	if (event == PTRACE_EVENT_EXEC)
		on_exec(tracer, process);
	else if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK ||
		event == PTRACE_EVENT_CLONE)
		on_fork(tracer, process);
}

static void on_end(struct tracer *tracer, struct process *process, int status)
{
	pid_t pid = process->pid;

	process->pid = 0;
	if (pid != tracer->root)
		return;
	tracer->trace->root = 0;
	tracer->status = WIFEXITED(status) ? WEXITSTATUS(status)
					   : 128 + WTERMSIG(status);
}

/* The signal that is to be given to it. */
static int on_stop(struct tracer *tracer, struct process *process, int status)
{
	int signal = WSTOPSIG(status);

	if (signal == SYSCALL_STOP) {
		on_call(tracer, process);
		return 0;
	}
	if (status >> 16) {
		on_event(tracer, process, status >> 16);
		return 0;
	}
	/* A new process stops first. */
	return signal == SIGSTOP || signal == SIGTRAP ? 0 : signal;
}

static void follow(struct tracer *tracer)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
		struct process *process = pid > 0 ? find(tracer, pid) : NULL;
		if (!process)
			continue;
		if (!WIFSTOPPED(status)) {
			on_end(tracer, process, status);
			continue;
		}
		int signal = on_stop(tracer, process, status);
		/* It may stop before its parent tells that it forked. */
		process->waits = !process->is_known;
		if (process->is_known)
			go_on(tracer, process, signal);
	}
}

_Noreturn static void be_traced(void (*become)(void *data), void *data)
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	raise(SIGSTOP);
	become(data);
	_exit(127);
}

pid_t trace_start(struct trace *trace, void (*become)(void *data), void *data)
{
	struct tracer tracer = {.trace = trace};
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	tracer.root = fork();
	if (tracer.root == 0)
		be_traced(become, data);
	close_range(3, ~0U, 0);
	int status = 0;
	waitpid(tracer.root, &status, 0);
	ptrace(PTRACE_SETOPTIONS, tracer.root, NULL, OPTIONS);
	find(&tracer, tracer.root)->is_known = true;
	trace->root = tracer.root;
	ptrace(PTRACE_CONT, tracer.root, NULL, 0);
	follow(&tracer);
	_exit(tracer.status);
}
