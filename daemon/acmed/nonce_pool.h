/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Nonces of one CA that were received and not used yet (RFC 8555 section
 * 6.5): few, young, and none of them twice, whatever a caching proxy says.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NONCE_POOL_MAX 32
#define NONCE_SECONDS 600.0
#define NONCE_LENGTH_MAX 255
#define NONCES_REMEMBERED 64

struct nonce_pool {
	struct {
		char *value; /* owned */
		double received; /* seconds */
	} nonces[NONCE_POOL_MAX]; /* the oldest first */
	size_t count;
	uint64_t seen[NONCES_REMEMBERED]; /* hashes, a ring */
	size_t next_seen;
};

/* Empties it; what was seen stays remembered. */
void nonce_pool_clear(struct nonce_pool *pool);

/* Is this a nonce, and a new one? It is remembered then. */
bool nonce_pool_is_new(struct nonce_pool *pool, const char *value);

/* Keeps a copy, at the cost of the oldest one. */
void nonce_pool_add(struct nonce_pool *pool, const char *value, double now);

/* The youngest, owned by the caller; NULL when there is none. */
char *nonce_pool_take(struct nonce_pool *pool, double now);
