/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A curl multi handle on the loop.
 *
 * on_done comes from the loop, one a turn, for a transfer that was removed
 * already; it may free everything. With nothing under way for a minute the
 * whole handle is given up, and its kept connections with it.
 */

#include <curl/curl.h>
#include <ev.h>
#include <stdbool.h>

struct http_multi;

struct http_multi *http_multi_new(struct ev_loop *loop,
	void (*on_done)(void *data, CURL *easy, CURLcode code), void *data);
/* Every transfer must have been removed. */
void http_multi_free(struct http_multi *multi);

/* False without memory. */
bool http_multi_add(struct http_multi *multi, CURL *easy);
/* Its on_done will not come. */
void http_multi_remove(struct http_multi *multi, CURL *easy);
