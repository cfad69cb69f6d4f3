/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What two readings of the clocks of this machine say: has somebody set its
 * clock (C2), or has it slept (C3)? No input or output.
 */

/* Seconds. */
struct clock_reading {
	double wall; /* the date, which anybody may set */
	double boot; /* goes on while the machine sleeps */
	double awake; /* does not */
};

struct clock_step {
	double jumped; /* ahead, or back (negative); 0: nothing to speak of */
	double slept; /* 0: likewise */
};

/* A minute and less is what time services set right. A date that stands still
 * is no jump: `before` is to be kept then. */
struct clock_step clock_step_between(
	const struct clock_reading *before, const struct clock_reading *now);
