/* SPDX-License-Identifier: MIT */

/*
 * Stands in for the tracer (trace.c) and for the program: the vault runs in a
 * process that was forked from the harness, and what is counted, and fails,
 * are its allocations: its own, jansson's and libcrypto's. Of that process no
 * leak may be left, and no descriptor, and it may only end without memory in
 * the way of mem.h.
 */

#include "json.h"
#include "paths.h"
#include "server.h"
#include "trace.h"
#include "way.h"
#include "wipe.h"

#include <dirent.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define FLAW SIGTRAP /* what must not be ends the vault with this */
#define SOCKET 3
#define DESCRIPTORS 64
#define DEPTH 40 /* frames that tell two allocations apart */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_reallocarray(void *memory, size_t count, size_t size);
char *__real_strdup(const char *string);
char *__real_strndup(const char *string, size_t most);
int __real_vasprintf(char **out, const char *format, va_list arguments);
int __real___vasprintf_chk(
	char **out, int flag, const char *format, va_list arguments);
DIR *__real_fdopendir(int fd);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_reallocarray(void *memory, size_t count, size_t size);
char *__wrap_strdup(const char *string);
char *__wrap_strndup(const char *string, size_t most);
int __wrap_vasprintf(char **out, const char *format, va_list arguments);
int __wrap___vasprintf_chk(
	char **out, int flag, const char *format, va_list arguments);
DIR *__wrap_fdopendir(int fd);
_Noreturn void __wrap_abort(void);
int __wrap_execl(const char *path, const char *argument, ...);
const char *__asan_default_options(void);
int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

static struct trace *trace; /* of the vault that this process is */

/* A status of its own: what a start may end with must not hide it. */
const char *__asan_default_options(void)
{
	return "exitcode=250:leak_check_at_exit=0";
}

/* Allocations. */

static void say_where(void)
{
	void *frames[DEPTH];

	backtrace_symbols_fd(frames, backtrace(frames, DEPTH), STDERR_FILENO);
}

static uint64_t way_here(void)
{
	void *frames[DEPTH];

	return way_of(frames, backtrace(frames, DEPTH));
}

static bool is_short(void)
{
	if (!trace || !trace->is_armed)
		return false;
	unsigned at = ++trace->count;
	if (at <= TRACE_CALLS_MAX && trace->wish == TRACE_COUNT)
		trace->calls[at - 1] = (struct trace_call){
			.kind = CALL_MEMORY, .way = way_here()};
	if (trace->wish != TRACE_FAIL ||
		(trace->goes_on ? at < trace->at : at != trace->at))
		return false;
	if (!trace->acted++ && getenv("VERBOSE"))
		say_where();
	errno = ENOMEM;
	return true;
}

void *__wrap_malloc(size_t size)
{
	return is_short() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return is_short() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
	return is_short() ? NULL : __real_realloc(memory, size);
}

void *__wrap_reallocarray(void *memory, size_t count, size_t size)
{
	return is_short() ? NULL : __real_reallocarray(memory, count, size);
}

char *__wrap_strdup(const char *string)
{
	return is_short() ? NULL : __real_strdup(string);
}

char *__wrap_strndup(const char *string, size_t most)
{
	return is_short() ? NULL : __real_strndup(string, most);
}

int __wrap_vasprintf(char **out, const char *format, va_list arguments)
{
	return is_short() ? -1 : __real_vasprintf(out, format, arguments);
}

/* The same with _FORTIFY_SOURCE. */
int __wrap___vasprintf_chk(
	char **out, int flag, const char *format, va_list arguments)
{
	return is_short()
		? -1
		: __real___vasprintf_chk(out, flag, format, arguments);
}

DIR *__wrap_fdopendir(int fd)
{
	return is_short() ? NULL : __real_fdopendir(fd);
}

/* Before main(): libcrypto takes other functions only before its first call. */
__attribute__((constructor)) static void take_all(void)
{
	if (!wipe_everything())
		_exit(2);
	json_end_without_memory();
}

/* Ends. */

/* mem.h ends the vault so; that libc does, is another matter. */
_Noreturn void __wrap_abort(void)
{
	signal(SIGABRT, SIG_DFL);
	raise(SIGABRT);
	_exit(2);
}

static void on_foreign_abort(int number)
{
	(void)number;
	raise(FLAW);
}

static void look_for_leaks(void)
{
	for (int fd = SOCKET; fd < DESCRIPTORS; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			raise(FLAW);
	if (__lsan_do_recoverable_leak_check &&
		__lsan_do_recoverable_leak_check())
		raise(FLAW);
}

/* The vault. */

static void serve(void)
{
	json_t *walls = json_array();
	struct vault vault = {.state = -1};
	struct server server = {
		.vault = &vault, .listener = -1, .walls = walls, .missing = ""};

	mkdir(paths_state(), 0755);
	vault_open(&vault, &server.broken);
	server_add(&server, SOCKET);
	server_run(&server);
	vault_close(&vault);
	json_decref(walls);
}

/* Instead of the program that it was to become. */
int __wrap_execl(const char *path, const char *argument, ...)
{
	(void)path;
	(void)argument;
	close_range(SOCKET + 1, ~0U, 0);
	umask(0);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGABRT, on_foreign_abort);
	serve();
	if (trace)
		trace_disarm(trace);
	look_for_leaks();
	_exit(0);
}

/* The tracer. */

void trace_arm(struct trace *made)
{
	made->count = made->acted = 0;
	made->is_armed = true;
}

struct trace *trace_new(void)
{
	struct trace *made = mmap(NULL, sizeof(*made), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (made == MAP_FAILED)
		return NULL;
	made->call = SYS_brk;
	return made;
}

pid_t trace_start(struct trace *of, void (*become)(void *data), void *data)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	trace = of;
	become(data);
	_exit(127);
}
