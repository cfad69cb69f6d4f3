/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * An answer about all certificates, in the order of their names, however many
 * there are: a turn of the loop looks at a few of them, and a reply holds what
 * fits. Without `more` what does not fit into one is refused (ExpectedMore).
 *
 * Lineages may come and go between two turns.
 */

#include "method.h"

struct walk_kind {
	size_t most; /* items in a turn, and those of a lineage more */
	/* Adds the items of a lineage, if there are any. */
	void (*add)(void *data, const struct lineage *lineage, json_t *items);
	/* The reply with the items, which it takes. */
	json_t *(*reply)(void *data, json_t *items);
};

/* Answers the call, at once or later. The kind is borrowed; takes the data,
 * which free() frees. */
void method_walk(struct methods *methods, struct call *call,
	const struct walk_kind *kind, void *data);
