/* SPDX-License-Identifier: MIT */
#include "directory_cache.h"

#include "mem.h"

#include <assert.h>

struct directory_cached {
	struct directory_cached *older; /* owned */
	struct directory *directory; /* owned */
	unsigned borrowed;
};

static void drop(struct directory_cached **at)
{
	struct directory_cached *cached = *at;

	*at = cached->older;
	directory_free(cached->directory);
	free(cached);
}

/* The newest one stays, and what is borrowed. */
static void prune(struct directory_cache *cache)
{
	struct directory_cached **at =
		cache->newest ? &cache->newest->older : NULL;

	while (at && *at) {
		if ((*at)->borrowed == 0)
			drop(at);
		else
			at = &(*at)->older;
	}
}

void directory_cache_clear(struct directory_cache *cache)
{
	while (cache->newest)
		drop(&cache->newest);
}

void directory_cache_put(
	struct directory_cache *cache, struct directory *directory, double now)
{
	struct directory_cached *cached = mem_new(sizeof(*cached));

	cached->directory = directory;
	cached->older = cache->newest;
	cache->newest = cached;
	cache->received = now;
	cache->is_stale = false;
	prune(cache);
}

bool directory_cache_is_fresh(const struct directory_cache *cache, double now)
{
	return cache->newest && !cache->is_stale &&
		now - cache->received < DIRECTORY_SECONDS;
}

const struct directory *directory_cache_newest(
	const struct directory_cache *cache)
{
	return cache->newest ? cache->newest->directory : NULL;
}

const struct directory *directory_cache_borrow(struct directory_cache *cache)
{
	assert(cache->newest);
	cache->newest->borrowed++;
	return cache->newest->directory;
}

void directory_cache_release(
	struct directory_cache *cache, const struct directory *directory)
{
	struct directory_cached *cached = cache->newest;

	while (cached && cached->directory != directory)
		cached = cached->older;
	assert(cached && cached->borrowed > 0);
	cached->borrowed--;
	prune(cache);
}
