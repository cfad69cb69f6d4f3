/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Answers http-01 requests on sockets that listen: a small HTTP server for
 * strangers (RFC 8555 section 8.3).
 *
 * It never blocks, and everything is capped: RESPONDER_CONNECTIONS (the
 * oldest goes for a new one), 8 KiB a request, RESPONDER_DEADLINE seconds for
 * each request. It serves tokens that `find` knows, to any Host, and nothing
 * else. Callbacks come from the loop; they may close listeners and change
 * what `find` knows, but not free the responder.
 */

#include <ev.h>
#include <stdbool.h>

#define RESPONDER_CONNECTIONS 64
#define RESPONDER_DEADLINE 10.0

struct responder;
struct responder_listener;

/* Who knows the answers. */
struct responder_source {
	/* The answer to a token, borrowed until the call returns, or NULL. */
	const char *(*find)(void *data, const char *token);
	/* The answer was written, whole, to somebody who asked for it. */
	void (*on_fetch)(void *data, const char *token);
	void *data;
	double deadline; /* seconds; 0: RESPONDER_DEADLINE */
};

/* Never NULL. */
struct responder *responder_new(
	struct ev_loop *loop, const struct responder_source *source);
/* Closes everything, the listeners too. */
void responder_free(struct responder *responder);

/* Serves a socket that listens; owns it from now on. Never NULL. */
struct responder_listener *responder_listen(
	struct responder *responder, int fd);
/* Closes the socket; connections that came by it end on their own. */
void responder_unlisten(struct responder_listener *listener);
