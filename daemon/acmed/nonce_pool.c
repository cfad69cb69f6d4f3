/* SPDX-License-Identifier: MIT */
#include "nonce_pool.h"

#include "base64url.h"
#include "mem.h"

/* FNV-1a; 0 stands for none. */
static uint64_t hash(const char *value)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (; *value; value++)
		hash = (hash ^ (unsigned char)*value) * 0x100000001b3;
	return hash ? hash : 1;
}

static void drop_oldest(struct nonce_pool *pool)
{
	free(pool->nonces[0].value);
	pool->count--;
	memmove(pool->nonces, pool->nonces + 1,
		pool->count * sizeof(*pool->nonces));
}

void nonce_pool_clear(struct nonce_pool *pool)
{
	while (pool->count > 0)
		free(pool->nonces[--pool->count].value);
}

bool nonce_pool_is_new(struct nonce_pool *pool, const char *value)
{
	if (!value || strlen(value) > NONCE_LENGTH_MAX ||
		!base64url_is_valid(value))
		return false;
	uint64_t mark = hash(value);
	for (size_t i = 0; i < NONCES_REMEMBERED; i++)
		if (pool->seen[i] == mark)
			return false;
	pool->seen[pool->next_seen] = mark;
	pool->next_seen = (pool->next_seen + 1) % NONCES_REMEMBERED;
	return true;
}

void nonce_pool_add(struct nonce_pool *pool, const char *value, double now)
{
	if (pool->count == NONCE_POOL_MAX)
		drop_oldest(pool);
	pool->nonces[pool->count].value = mem_string(value);
	pool->nonces[pool->count].received = now;
	pool->count++;
}

char *nonce_pool_take(struct nonce_pool *pool, double now)
{
	while (pool->count > 0 &&
		now - pool->nonces[0].received > NONCE_SECONDS)
		drop_oldest(pool);
	return pool->count > 0 ? pool->nonces[--pool->count].value : NULL;
}
