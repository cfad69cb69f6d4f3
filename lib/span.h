/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Sums of times that saturate: what lies beyond the ends of int64_t is at
 * the end. A time comes from a clock, a CA or a file, and may be anything.
 */

#include <stdint.h>

/* `span` seconds after `when`. */
static inline int64_t span_after(int64_t when, int64_t span)
{
	int64_t sum;

	if (!__builtin_add_overflow(when, span, &sum))
		return sum;
	return span > 0 ? INT64_MAX : INT64_MIN;
}

/* Seconds from one time to another; negative when that is earlier. */
static inline int64_t span_between(int64_t from, int64_t to)
{
	int64_t difference;

	if (!__builtin_sub_overflow(to, from, &difference))
		return difference;
	return to > from ? INT64_MAX : INT64_MIN;
}

/* The whole seconds of a number that may be too large, or none. */
static inline int64_t span_of(double seconds)
{
	if (seconds >= 0x1p63)
		return INT64_MAX;
	return seconds >= -0x1p63 ? (int64_t)seconds : INT64_MIN;
}
