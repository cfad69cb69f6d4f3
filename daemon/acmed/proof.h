/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Proves on the wire that a certificate is served: looks at its endpoints,
 * and again after growing pauses, until all known ones show it or patience
 * is over.
 */

#include "served.h"

struct proof;

struct proof_wish {
	struct ev_loop *loop;
	struct verify *verify; /* borrowed */
	const struct config_certificate *certificate; /* for the call */
	const struct certificate_facts *facts; /* for the call */
	bool was_served; /* this version was seen before */
	int64_t issued; /* the last one, as the state knows; 0: unknown */
	const json_t *known; /* for the call; or NULL */
	double patience; /* seconds of pauses in all; 0: one look */
};

struct proof *proof_new(const struct proof_wish *wish);
/* Stops what is under way. */
void proof_free(struct proof *proof);

/* Once, from the loop: NULL, or err (P1, P4, P8, P9, L14) that names what was `reloaded`
 * (borrowed until then; may be ""). The proof may be freed there. */
void proof_start(struct proof *proof, const char *reloaded,
	void (*on_end)(void *data, const struct error *err), void *data);

/* Does a known endpoint show another certificate? */
bool proof_is_stale(const struct proof *proof);

/* Is any endpoint known? */
bool proof_has_known(const struct proof *proof);
/* Labels of the known ones, a new reference; NULL before the first look. */
json_t *proof_known(const struct proof *proof);
