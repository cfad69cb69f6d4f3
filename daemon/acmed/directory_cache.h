/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The directory of a CA with its age, and how it is fetched. One that is
 * borrowed stays after a newer one has come, until it is given back.
 */

#include "directory.h"
#include "http.h"
#include "server_date.h"

#define DIRECTORY_SECONDS 3600.0

struct directory_cached;

struct directory_cache {
	struct http *http; /* borrowed */
	struct http_request get; /* borrowed */
	struct http_transfer *transfer; /* NULL: none is under way */
	struct directory_cached *newest; /* owned, with the older ones */
	double asked; /* seconds; of the newest fetch */
	struct server_date date; /* said with the newest one */
	bool is_stale; /* a resource was not where it should be */
	/* From the loop: the newest one has come, or err says why not. The
	 * reply is there for its nonce, or NULL. */
	void (*on_fetched)(void *data, const struct http_reply *reply,
		const struct error *err);
	void *data; /* borrowed */
};

/* Cancels the fetch and frees all, borrowed ones too. */
void directory_cache_clear(struct directory_cache *cache);

/* Fetches it, if that is not under way already. */
void directory_cache_fetch(struct directory_cache *cache);

/* Is there one that need not be fetched again? Where its date and our clock
 * disagree it is fetched anew, but for one that has just come. */
bool directory_cache_is_fresh(const struct directory_cache *cache);

/* Our clock and the date that came with the newest one; C1. */
bool directory_cache_agrees(
	const struct directory_cache *cache, struct error *err);

/* The newest one, of whatever age, or NULL. Borrowed for the moment. */
const struct directory *directory_cache_newest(
	const struct directory_cache *cache);

/* The same, until it is released. */
const struct directory *directory_cache_borrow(struct directory_cache *cache);
void directory_cache_release(
	struct directory_cache *cache, const struct directory *directory);
