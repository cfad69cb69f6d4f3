/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Answers http-01 requests: a small HTTP server for strangers (RFC 8555
 * section 8.3) at a reception, whose deadline is for each request.
 *
 * A request has at most 8 KiB. It serves tokens that `find` knows, to any
 * Host, and nothing else. Callbacks come from the loop; they may close
 * listeners and change what `find` knows, but not free the responder.
 */

#include "reception.h"

struct responder;

/* Who knows the answers. */
struct responder_source {
	/* The answer to a token, borrowed until the call returns, or NULL. */
	const char *(*find)(void *data, const char *token);
	/* The answer was written, whole, to somebody who asked for it. */
	void (*on_fetch)(void *data, const char *token);
	void *data;
	double deadline; /* seconds; 0: RECEPTION_DEADLINE */
};

/* Never NULL. */
struct responder *responder_new(
	struct ev_loop *loop, const struct responder_source *source);
/* Closes everything, the listeners too. */
void responder_free(struct responder *responder);

/* Where its doors are to lead; borrowed. */
struct reception *responder_reception(struct responder *responder);
