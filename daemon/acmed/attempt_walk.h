/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The walk along the paths of a certificate before the CA is told of an
 * attempt. It never keeps the first attempt back: who sees nothing from here
 * may be seen by the CA. A retry after a failed validation it does, as long as
 * backoff_gates() says, while the path is seen to be broken.
 *
 * Callbacks come from the loop, never from inside a call of this header.
 */

#include "fleet.h"

struct attempt_walk;

struct attempt_walk_wish {
	struct fleet *fleet; /* borrowed, as the lineage */
	struct lineage *lineage;
	/* Once: the CA may be told. Or not now (is_gated): why is in the
	 * walk. The walk may go on behind it. */
	void (*on_ready)(void *data, bool is_gated);
	void *data;
};

/* NULL when there is nothing to walk: the paths were seen to work only just
 * now, or nobody wants them walked. */
struct attempt_walk *attempt_walk_start(const struct attempt_walk_wish *wish);
void attempt_walk_cancel(struct attempt_walk *walk); /* NULL is fine */

/* A failed validation: the cause that was seen from here goes beside the CA's
 * words. NULL is fine. */
void attempt_walk_explain(const struct attempt_walk *walk, struct error *err);

/* A step of the order; notes what the CA validates, and what it has not had
 * to. */
void attempt_walk_note(struct fleet *fleet, struct lineage *lineage,
	const char *subject, const char *from, const char *to);
