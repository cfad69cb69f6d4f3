/* SPDX-License-Identifier: MIT */

/*
 * A library for LD_PRELOAD: of the allocations that the loop makes, whoever of
 * its libraries makes them, one fails, or some in a row. What is wished,
 * and what came, stands in the file SHORTAGE (struct shortage, that
 * tests/torture/shortage reads and writes as well); it is mapped at the start:
 * walls that come later do not matter.
 *
 * The loop is the process that makes an event loop (ev_loop_new).
 */

#include "way.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define DEPTH 24 /* frames that tell two allocations apart */
#define WAYS_MAX (1 << 20)

struct shortage {
	uint64_t is_armed;
	uint64_t count; /* of allocations since then */
	uint64_t at; /* fails; 0: none does */
	uint64_t most; /* how many fail in a row */
	uint64_t acted; /* how many failed */
	uint64_t ended; /* the loop, in the way of mem.h */
	uint64_t pid; /* of the loop */
	uint64_t is_seen; /* the way to each allocation is kept */
	uint64_t ways[WAYS_MAX]; /* a hash for each; the first: what failed */
};

struct ev_loop *ev_loop_new(unsigned flags);
const char *__lsan_default_suppressions(void);

static struct shortage *shortage; /* of this process, NULL before ev_loop_new */
static struct shortage *map;
static __thread bool is_inside; /* backtrace() may allocate */

__attribute__((constructor)) static void map_shortage(void)
{
	const char *path = getenv("SHORTAGE");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *frame;

	if (fd < 0)
		return;
	map = mmap(
		NULL, sizeof(*map), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		map = NULL;
	backtrace(&frame, 1); /* it loads a library */
}

static uint64_t way_here(bool is_told)
{
	void *frames[DEPTH];
	int depth = backtrace(frames, DEPTH);

	if (is_told)
		backtrace_symbols_fd(frames, depth, STDERR_FILENO);
	return way_of(frames, depth);
}

static bool fails(struct shortage *of)
{
	uint64_t at = ++of->count;

	if (of->is_seen && at < WAYS_MAX)
		of->ways[at] = way_here(false);
	if (!of->at || at < of->at || at >= of->at + of->most)
		return false;
	if (!of->acted++)
		of->ways[0] = way_here(true);
	return true;
}

static bool is_short(void)
{
	if (!shortage || !shortage->is_armed || is_inside)
		return false;
	is_inside = true;
	bool is_it = fails(shortage);
	is_inside = false;
	if (is_it)
		errno = ENOMEM;
	return is_it;
}

/* What dlsym() allocates before there is a real malloc(). */
static _Alignas(16) char first[8192];
static size_t first_used;

/* With the linker's first allocations this library stood between. */
const char *__lsan_default_suppressions(void)
{
	return "leak:ld-linux";
}

static void *first_memory(size_t size)
{
	size_t start = first_used;

	first_used += (size + 15) & ~(size_t)15;
	if (first_used > sizeof(first))
		_exit(2);
	return first + start;
}

static bool is_first(const void *memory)
{
	return (const char *)memory >= first &&
		(const char *)memory < first + sizeof(first);
}

static void *(*real_malloc)(size_t);
static void *(*real_calloc)(size_t, size_t);
static void *(*real_realloc)(void *, size_t);
static void *(*real_reallocarray)(void *, size_t, size_t);
static void (*real_free)(void *);

static bool is_looked_up(void)
{
	static bool is_looking;

	if (real_free || is_looking)
		return real_free;
	is_looking = true;
	real_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
	real_calloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
	real_realloc = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
	real_reallocarray = (void *(*)(void *, size_t, size_t))dlsym(
		RTLD_NEXT, "reallocarray");
	real_free = (void (*)(void *))dlsym(RTLD_NEXT, "free");
	return true;
}

void *malloc(size_t size)
{
	if (!is_looked_up())
		return first_memory(size);
	return is_short() ? NULL : real_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	if (!is_looked_up())
		return first_memory(count * size);
	return is_short() ? NULL : real_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
	is_looked_up();
	if (is_first(memory))
		_exit(2);
	return is_short() ? NULL : real_realloc(memory, size);
}

void *reallocarray(void *memory, size_t count, size_t size)
{
	is_looked_up();
	return is_short() ? NULL : real_reallocarray(memory, count, size);
}

void free(void *memory)
{
	if (!is_first(memory) && is_looked_up())
		real_free(memory);
}

static void on_fault(int number)
{
	void *frames[DEPTH];

	signal(number, SIG_DFL);
	dprintf(STDERR_FILENO, "signal %d\n", number);
	backtrace_symbols_fd(frames, backtrace(frames, DEPTH), STDERR_FILENO);
	raise(number);
}

struct ev_loop *ev_loop_new(unsigned flags)
{
	struct ev_loop *(*real)(unsigned) = (struct ev_loop * (*)(unsigned))
		dlsym(RTLD_NEXT, "ev_loop_new");

	if (map) {
		map->pid = (uint64_t)getpid();
		shortage = map;
		signal(SIGSEGV, on_fault);
		signal(SIGSYS, on_fault);
	}
	return real(flags);
}

/* The way of mem.h, of libev and of libcrypto: who is short may end so. What
 * libc finds wrong does not come here. */
_Noreturn void abort(void)
{
	if (shortage && shortage->acted)
		shortage->ended = 1;
	raise(SIGABRT);
	_exit(2);
}
