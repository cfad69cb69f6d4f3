/* SPDX-License-Identifier: MIT */

/*
 * What the helpers of the unit tests assert, outside of a test: what fails
 * ends the harness.
 */

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

void _mark_point(const char *file, int line)
{
	(void)file;
	(void)line;
}

void _ck_assert_failed(
	const char *file, int line, const char *expr, const char *msg, ...)
{
	fprintf(stderr, "%s:%d: %s %s\n", file, line, expr, msg ? msg : "");
	abort();
}
