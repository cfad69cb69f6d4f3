/* SPDX-License-Identifier: MIT */
#include "directory_cache.h"

#include "acme_reply.h"
#include "clock.h"
#include "mem.h"

#include <assert.h>
#include <time.h>

/* A clock that is wrong is wrong for all who ask: one fetch tells them. */
#define DOUBT_SECONDS 30.0

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

static void put(struct directory_cache *cache, struct directory *directory,
	const struct http_reply *source)
{
	struct directory_cached *cached = mem_new(sizeof(*cached));

	cached->directory = directory;
	cached->older = cache->newest;
	cache->newest = cached;
	server_date_read(&cache->date, http_reply_header(source, "date"),
		http_reply_header(source, "age"), cache->asked,
		clock_seconds());
	cache->is_stale = false;
	prune(cache);
}

static void on_reply(
	void *data, const struct http_reply *source, const struct error *err)
{
	struct directory_cache *cache = data;
	struct acme_reply reply;
	struct error failure;

	cache->transfer = NULL;
	if (err) {
		cache->on_fetched(cache->data, NULL, err);
		return;
	}
	acme_reply_read(&reply, source, time(NULL));
	struct directory *directory =
		directory_parse(cache->get.url, &reply.reply, &failure);
	acme_reply_clear(&reply);
	if (directory)
		put(cache, directory, source);
	cache->on_fetched(cache->data, source, directory ? NULL : &failure);
}

void directory_cache_clear(struct directory_cache *cache)
{
	if (cache->transfer)
		http_cancel(take(cache->transfer));
	while (cache->newest)
		drop(&cache->newest);
}

void directory_cache_fetch(struct directory_cache *cache)
{
	if (cache->transfer)
		return;
	cache->asked = clock_seconds();
	cache->transfer = http_send(cache->http, &cache->get, on_reply, cache);
}

bool directory_cache_is_fresh(const struct directory_cache *cache)
{
	double age = clock_seconds() - cache->date.received;

	if (!cache->newest || cache->is_stale || age >= DIRECTORY_SECONDS)
		return false;
	return age < DOUBT_SECONDS || directory_cache_agrees(cache, NULL);
}

bool directory_cache_agrees(
	const struct directory_cache *cache, struct error *err)
{
	return server_date_agrees(
		&cache->date, time(NULL), clock_seconds(), err);
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
