/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Points in time are int64_t seconds since 1970-01-01 UTC, everywhere. Years
 * 1 to 9999; no local time, no locale, no time_t of 32 bits.
 */

#include <stdbool.h>
#include <stdint.h>

#define TIMESTAMP_SIZE sizeof("YYYY-MM-DDTHH:MM:SSZ")

/* RFC 3339 with fractions (dropped) and offsets. */
bool timestamp_parse(const char *text, int64_t *out);

/* The three forms of an HTTP date (RFC 9110 section 5.6.7). */
bool timestamp_parse_http(const char *text, int64_t *out);

/* "2026-11-21 05:24:12 UTC", whatever follows it: what people write. */
bool timestamp_parse_words(const char *text, int64_t *out);

/* "2026-11-21T05:24:12Z" into out. */
void timestamp_format(int64_t when, char out[static TIMESTAMP_SIZE]);

/* Days of a proleptic Gregorian date since 1970-01-01. */
int64_t timestamp_days(int year, int month, int day);
