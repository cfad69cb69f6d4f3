/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Findings for people: a tick, a cross or a question mark, what was looked
 * at, what was found, and below a cross what to do. Or as JSON, one a line.
 */

#include <jansson.h>
#include <stdbool.h>

struct diagnose_print {
	bool is_json;
	const char *name; /* of the certificate; it is not repeated */
	unsigned good;
	unsigned unknown;
	unsigned bad;
	char *first; /* owned: what is to be done first; or NULL */
};

void diagnose_print_finding(
	struct diagnose_print *print, const json_t *finding);

/* The sum, and what to do first; clears it. */
void diagnose_print_end(struct diagnose_print *print);
