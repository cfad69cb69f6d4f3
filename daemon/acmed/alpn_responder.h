/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Answers tls-alpn-01: a TLS server for strangers (RFC 8737) at a reception.
 *
 * It shakes hands with those who offer the protocol acme-tls/1 alone, for a
 * server name that `find` knows; all others get an alert. No data is read or
 * written; the connection ends with the handshake, which takes 16 KiB of
 * theirs at the most. Callbacks come from the loop; they may close listeners
 * and change what `find` knows, but not free the responder.
 */

#include "alpn_answer.h"
#include "reception.h"

struct alpn_responder;

/* Who knows the answers. */
struct alpn_source {
	/* The answer for a server name in any case, borrowed until the call
	 * returns, or NULL. */
	const struct alpn_answer *(*find)(void *data, const char *name);
	/* Somebody has seen it, and the handshake is over. */
	void (*on_fetch)(void *data, const char *name);
	void *data;
	double deadline; /* seconds; 0: RECEPTION_DEADLINE */
};

/* Never NULL. */
struct alpn_responder *alpn_responder_new(
	struct ev_loop *loop, const struct alpn_source *source);
/* Closes everything, the listeners too. */
void alpn_responder_free(struct alpn_responder *responder);

/* Where its doors are to lead; borrowed. */
struct reception *alpn_responder_reception(struct alpn_responder *responder);
