/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The vault's loop: one request at a time, from the acmed loop and, beside
 * it, from root. It ends when the acmed loop's connection has closed, or
 * when nobody has been there for some seconds.
 */

#include "job.h"
#include "vault.h"

#define SERVER_PEERS 16

struct server {
	struct vault *vault; /* borrowed */
	int listener; /* -1: only the connection that is there */
	const json_t *walls; /* borrowed; an array, told by hello */
	const char *missing; /* borrowed; those that are not up, or "" */
	struct error broken; /* why no request can be served, or NONE */
	struct peer *peers;
	unsigned peer_count;
	struct job *jobs;
	bool has_ended; /* the loop has gone, or nobody came */
};

/* Adds a connection that is there already. */
void server_add(struct server *server, int socket);

/* Serves until the end, then frees peers and jobs. */
void server_run(struct server *server);
