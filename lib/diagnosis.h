/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The table of causes: code, sentence, remedy, retry class. The journal
 * catalog, `acmectl status` and the manual page are made from it.
 */

#include "backoff.h"

#include <stddef.h>

struct diagnosis {
	const char *code; /* of failures.md: "H2" */
	const char *message_id; /* 128 bits, 32 lower-case hex digits */
	const char *sentence; /* what is wrong, "Port 80 is taken" */
	const char *remedy; /* what to do, one or two sentences */
	enum backoff_class class;
};

/* The row of a code; NULL for "" and unknown codes. */
const struct diagnosis *diagnosis_find(const char *code);

/* The rows in their order, from 0; NULL behind the last one. */
const struct diagnosis *diagnosis_at(size_t index);

/* The codes of failures.md that have no row, and why. */
struct diagnosis_absent {
	const char *code;
	const char *reason;
};

const struct diagnosis_absent *diagnosis_absent(size_t *count);

/* Events that are no failure have a message id too. */
struct diagnosis_event {
	const char *name; /* ACMED_EVENT: "issued", "deployed", "verified" */
	const char *message_id;
	const char *subject; /* first line of the catalog entry */
	const char *explanation; /* the rest */
};

const struct diagnosis_event *diagnosis_event_find(const char *name);
const struct diagnosis_event *diagnosis_events(size_t *count);

/* Finds the cause in the type and the words of a problem ("connection",
 * "Timeout during connect ..."); "" when nothing matches: then the CA's own
 * words have to do. */
const char *diagnosis_of_problem(const char *type, const char *detail);

/* What the CA's far views met, when the words are of a secondary validation
 * (the cause itself is H11); else "". */
const char *diagnosis_of_inner(const char *type, const char *detail);

/* The cause when a web server answers a look for the challenge file with this
 * HTTP status and not with the file. */
const char *diagnosis_of_status(int status);

/* The journal's message catalog, made from both tables (systemd.io/CATALOG);
 * free it with free(). NULL without memory. */
char *diagnosis_catalog(void);

/* The causes in mdoc, for acmed-diagnosis(7); free it with free(). NULL
 * without memory. */
char *diagnosis_manual(void);
