/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * All that is wrong now, each trouble found by its source and subject. Part of
 * `telling`.
 */

#include "telling_cause.h"

#include <jansson.h>

struct trouble {
	struct trouble *next; /* of all, in no order */
	struct trouble **link; /* to this one */
	char *source; /* owned, as the others */
	char *subject;
	char *code;
	char *text;
	enum alert_level level;
	bool is_logged;
	bool is_once;
	bool is_remembered; /* from before a restart, not seen since */
	int64_t since;
	int64_t seen;
	struct cause *cause; /* borrowed */
};

struct troubles {
	void *tree; /* of tsearch() */
	struct trouble *first; /* owned */
};

struct trouble *troubles_find(const struct troubles *troubles,
	const char *source, const char *subject);
/* One that is not there yet; the rest is the caller's to fill in. */
struct trouble *troubles_add(
	struct troubles *troubles, const char *source, const char *subject);
/* Takes it out and frees it. */
void troubles_remove(struct troubles *troubles, struct trouble *trouble);
void troubles_clear(struct troubles *troubles);

/* Those of a cause at `least` or above, the worst first, then by subject:
 * an array of *count, which the caller frees. NULL when there are none. */
const struct trouble **troubles_of(const struct troubles *troubles,
	const struct cause *cause, enum alert_level least, size_t *count);
