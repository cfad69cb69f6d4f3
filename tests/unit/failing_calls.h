/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * System calls of acmed's own code that fail, within the process of a test:
 * the linker leads them here (--wrap, see the Makefile).
 */

#include <stdbool.h>

enum failing {
	FAILING_ONCE, /* the call is as the kernel finds it the next time */
	FAILING_ON, /* and so is every one after it */
	FAILING_INTERRUPTED, /* EINTR, of those that a signal can end, once */
};

/* Call number `at` (from 1) of what follows fails with that errno. */
void failing_begin(enum failing how, unsigned at, int error);
/* All is well again. False: there were not so many calls. */
bool failing_end(void);
