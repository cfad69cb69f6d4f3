/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What is known of one path over time, and when a change of it is worth a
 * word: only one that was seen to work can break, and one over which the CA
 * validates although nothing is seen from here is blind. No input or output.
 */

#include "finding.h"

#include <jansson.h>

enum path_colour {
	PATH_UNSEEN,
	PATH_GREEN,
	PATH_RED,
	PATH_BLIND,
};

struct path_state {
	enum path_colour colour;
	int64_t when; /* of the last look, 0: never */
	bool is_told; /* people know that it is red */
	char code[4]; /* why it is red */
};

enum path_news {
	PATH_SAME,
	PATH_BROKE, /* it worked before; also each time that it still does not
		     * after that */
	PATH_MENDED, /* it was red */
};

/* It was looked at from here. */
enum path_news path_state_look(struct path_state *state,
	enum finding_verdict verdict, const char *code, int64_t when);

/* The CA has just validated over it, or could not. */
enum path_news path_state_validate(struct path_state *state, bool is_valid);

/* The states of a lineage: {"example.com": ["red", 1767225600, "H5", true]}.
 * One that is not there is unseen. */
struct path_state path_state_get(const json_t *states, const char *name);
void path_state_put(
	json_t *states, const char *name, const struct path_state *state);

/* The challenges are another's now, or go another way: what worked is still
 * what can break, and what people know of is mended only when it is seen to
 * be; but nothing was seen of it yet, and nothing is blind. */
void path_states_renew(json_t *states);

/* A copy without what is malformed or too much; never NULL. */
json_t *path_states_copy(const json_t *states);
