/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * System calls by what they do, and how each kind can fail on a sick machine.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum call_kind {
	CALL_OTHER, /* cannot fail for want of anything */
	CALL_OPEN, /* to read */
	CALL_CREATE, /* to write */
	CALL_READ,
	CALL_WRITE,
	CALL_CHANGE, /* rename, mkdir, symlink, unlink, chmod */
	CALL_SYNC,
	CALL_LOOK, /* stat, readlink, getdents */
	CALL_DESCRIPTOR, /* other new descriptors: dup, pipe, socket, accept */
	CALL_MEMORY,
	CALL_PROCESS,
	CALL_WAIT, /* poll and its kin */
	CALL_MESSAGE, /* sent and received */
	CALL_CLOSE,
};

/* No errno: a write that takes only half. */
#define FAULT_SHORT 1000

/* The kind of a call of that process (a number of <sys/syscall.h>, its
 * arguments). */
enum call_kind call_kind_of(
	pid_t pid, uint64_t number, const uint64_t *arguments);
/* "openat", or its number; in a static buffer. */
const char *call_name(uint64_t number);

/* The faults, and how often each: FAULT_COUNT of them. */
#define FAULT_COUNT 10
struct fault {
	int error;
	const char *name;
	unsigned kinds; /* bits of enum call_kind that it can happen to */
	unsigned most; /* how many calls "from then on" fails; 0: all */
};
extern const struct fault FAULTS[FAULT_COUNT];
bool fault_hits(const struct fault *fault, enum call_kind kind);
/* NULL: there is none of that name. */
const struct fault *fault_find(const char *name);
