/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One thing that was looked at before the CA does, and what was found.
 */

#include "error.h"

enum finding_verdict {
	FINDING_GOOD,
	FINDING_UNKNOWN, /* it cannot be told from here */
	FINDING_BAD,
};

/* Borrowed by the callback. */
struct finding {
	const char
		*check; /* "names", "caa", "http", "tls", "dns", "write"... */
	const char *subject; /* a name, a CA, a folder */
	enum finding_verdict verdict;
	const char *code; /* of lib/diagnosis, or "" */
	const char *text; /* one line: what was found */
};

/* Who is told, from the loop: each finding, then once the end with the verdict
 * over all of them. */
struct finding_listener {
	void (*on_finding)(void *data, const struct finding *finding);
	void (*on_end)(void *data, enum finding_verdict verdict);
	void *data; /* borrowed */
};

/* "good", "unknown", "bad" */
const char *finding_verdict_name(enum finding_verdict verdict);

/* The verdict over both: BAD over GOOD over UNKNOWN. */
enum finding_verdict finding_join(
	enum finding_verdict a, enum finding_verdict b);

void finding_good(const struct finding_listener *listener, const char *check,
	const char *subject, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* What err says is wrong; UNKNOWN or BAD. */
void finding_error(const struct finding_listener *listener, const char *check,
	const char *subject, enum finding_verdict verdict,
	const struct error *err);
