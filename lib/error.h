/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What went wrong, in one value that goes up unchanged.
 *
 * A function that can fail is `bool f(..., struct error *err)`: err stands
 * last and is written only on failure. The kind is a decision: it says who
 * has to act and so when `schedule` may try again. The text quotes the
 * offender in single quotes and reads as the tail of a sentence.
 */

#include <stdbool.h>
#include <stdint.h>

enum error_kind {
	ERROR_NONE,
	ERROR_LOCAL, /* this machine is at fault: no CA write until mended */
	ERROR_TRANSIENT, /* the CA or the network: costs nothing, try soon */
	ERROR_LIMITED, /* the CA named a time */
	ERROR_VALIDATION, /* the CA could not validate a name: costs an attempt */
	ERROR_REFUSED, /* a human must change something */
};

struct error {
	enum error_kind kind;
	char code[4]; /* cause in the table of `diagnosis`, or "" */
	int number; /* errno, of fail_errno(), or 0 */
	double retry_after; /* seconds that the CA asked for, 0: none */
	char text[512]; /* printable, one line */
};

/* Writes err (which may be NULL) and returns false, for `return fail(...)`. */
bool fail(struct error *err, enum error_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same with the code of a known cause ("H2"). */
bool fail_cause(struct error *err, enum error_kind kind, const char *code,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

/* ERROR_LOCAL with ": " and the name of errno `number` behind the text; the
 * codes of a full disk, a read-only one and its kin are filled in. */
bool fail_errno(struct error *err, int number, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Out of memory, ERROR_LOCAL. */
bool fail_memory(struct error *err);

/* Puts "PREFIX: " before the text of err. */
void error_prefix(struct error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* "local", "transient", "limited", "validation", "refused", "none". */
const char *error_kind_name(enum error_kind kind);

/* The reverse; false for an unknown name. */
bool error_kind_parse(const char *name, enum error_kind *kind);
