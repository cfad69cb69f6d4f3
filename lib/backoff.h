/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * When to try again after a failure: the retry classes Q1 to Q6, pure
 * functions of count, time left and a random number (failures.md 0.1).
 */

#include "error.h"

enum backoff_class {
	BACKOFF_Q1, /* CA or network: 1 2 5 10 30 60 min, then every 2 h */
	BACKOFF_Q2, /* validation: 1 10 100 min, then daily */
	BACKOFF_Q3, /* the CA named a time */
	BACKOFF_Q4, /* a human must act: daily */
	BACKOFF_Q5, /* this machine: every minute, without a CA write */
	BACKOFF_Q6, /* deployment: 1 2 5 10 30 60 min, then hourly */
};

#define BACKOFF_CLASSES 6

/* "Q1", ... */
const char *backoff_class_name(enum backoff_class class);

/* The class of an error: its cause's row in `diagnosis`, else its kind. */
enum backoff_class backoff_class_of(const struct error *err);

/* The wait before attempt `failures` + 1 (failures >= 1), in seconds.
 * `left` is the time to expiry (negative after it): the wait is at most an
 * eighth of it while it is positive, never under a minute. `retry_after`
 * (0: none) is the least wait, clamped to 1 s .. 7 d. `random` is in [0, 1):
 * jitter of 50 % both ways, for a Retry-After only upwards by a tenth.
 * Saturates; never negative. */
int64_t backoff_delay(enum backoff_class class, unsigned failures, int64_t left,
	double retry_after, double random);

/* Does a path that is still seen to be broken keep the CA from being asked
 * `ago` seconds after it could not validate? For a day, but until expiry for
 * an eighth of the time left at most, and not after it. */
bool backoff_gates(int64_t ago, int64_t left);

/* The next attempt as it was drawn, or 0 where no wait is as long: that was
 * drawn while the clock was ahead (C2), and has no meaning any more. */
int64_t backoff_drawn(int64_t when, int64_t now);
