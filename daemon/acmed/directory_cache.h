/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The directory of a CA with its age. One that is borrowed stays after a
 * newer one has come, until it is given back.
 */

#include "directory.h"

#define DIRECTORY_SECONDS 3600.0

struct directory_cached;

struct directory_cache {
	struct directory_cached *newest; /* owned, with the older ones */
	double received; /* seconds */
	bool is_stale; /* a resource was not where it should be */
};

/* Frees borrowed ones too. */
void directory_cache_clear(struct directory_cache *cache);

/* Takes a new directory. */
void directory_cache_put(
	struct directory_cache *cache, struct directory *directory, double now);

bool directory_cache_is_fresh(const struct directory_cache *cache, double now);

/* The newest one, of whatever age, or NULL. Borrowed for the moment. */
const struct directory *directory_cache_newest(
	const struct directory_cache *cache);

/* The same, until it is released. */
const struct directory *directory_cache_borrow(struct directory_cache *cache);
void directory_cache_release(
	struct directory_cache *cache, const struct directory *directory);
