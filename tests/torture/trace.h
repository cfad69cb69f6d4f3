/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Runs a program under ptrace(2), counts its system calls, and kills it at one
 * of them, or has one, or all from there on, fail.
 *
 * A process of its own traces; what it is to do and what it saw stand in
 * memory that it shares with its starter. It reaches all processes that are
 * traced and follows forks, so that the walls of a program do not matter.
 */

#include "calls.h"

#include <sys/types.h>

enum trace_wish {
	TRACE_COUNT,
	TRACE_KILL, /* before the call is made */
	TRACE_KILL_AFTER,
	TRACE_FAIL,
};

/* Which of the processes is meant; with all that it forks. */
enum trace_target {
	TRACE_ROOT, /* the one that was started */
	TRACE_ROOT_ALONE, /* without what it forks */
	TRACE_FIRST_CHILD, /* what that forks first */
	TRACE_PROGRAM, /* whoever executes `program` */
};

#define TRACE_CALLS_MAX 60000

/* So many calls and more each program's ld.so makes before main(). */
#define TRACE_LOADING 60

struct trace_call {
	uint16_t number;
	uint16_t kind;
	uint64_t way; /* to an allocation (way.h) */
};

struct trace {
	/* Written by the starter, before trace_arm(). */
	enum trace_target target;
	const char *program; /* borrowed: "acmed-vault" */
	enum trace_wish wish;
	unsigned at; /* the first call is 1 */
	const struct fault *fault;
	bool goes_on; /* fails from there on, not once */
	/* Written by the tracer. */
	volatile pid_t root; /* what it started; 0: nothing runs */
	volatile bool is_armed;
	volatile unsigned count; /* calls since it was armed */
	volatile unsigned acted; /* kills, or calls that failed */
	volatile uint64_t call; /* the number of the first one of those */
	struct trace_call calls[TRACE_CALLS_MAX]; /* of TRACE_COUNT */
};

/* In shared memory; for as long as the process lives. */
struct trace *trace_new(void);
/* Counts from zero now. */
void trace_arm(struct trace *trace);
/* Nothing happens from now on. */
static inline void trace_disarm(struct trace *trace)
{
	trace->is_armed = false;
}

/* Starts what `become` executes, traced. The number of the tracer, which ends
 * once all have, with the status of the first: its exit status, or 128 and
 * its signal. */
pid_t trace_start(struct trace *trace, void (*become)(void *data), void *data);
