/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Spans of time as people write them, in whole seconds.
 */

#include <stdbool.h>
#include <stdint.h>

#define DURATION_SIZE 32

/* "30d", "12h", "90s", "1h 30m", "2w", a bare number is seconds; at most
 * 100 years. */
bool duration_parse(const char *text, int64_t *seconds);

/* The two largest units: "29d 4h", "3m 10s", "0s"; a negative one with a
 * minus sign. */
void duration_format(int64_t seconds, char out[static DURATION_SIZE]);

/* Retry-After (RFC 9110 section 10.2.3): seconds or an HTTP date, seen at
 * `now`. Seconds between 0 and INT32_MAX: a date that has passed is 0, what
 * is larger is cut. False for anything else. The caller clamps. */
bool duration_parse_retry_after(
	const char *text, int64_t now, int64_t *seconds);
