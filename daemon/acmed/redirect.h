/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Where a web server sends the CA on to, and whether the CA goes there: the
 * rules of Let's Encrypt's validator (Boulder, va/http.go), which are the
 * strictest. No input or output.
 */

#include "error.h"

#include <stdint.h>

#define REDIRECTS_MAX 10
#define REDIRECT_URL_MAX 2000

struct redirect_target {
	char url[REDIRECT_URL_MAX + 1];
	char host[256]; /* a name; of the first URL maybe an address */
	bool is_https;
	uint16_t port;
};

/* Is this a status that the CA goes on from? Others in 3xx are refused. */
bool redirect_is(long status);

/* Reads the first URL: http, port 80. False with err for what is no URL. */
bool redirect_begin(
	struct redirect_target *target, const char *url, struct error *err);

/* Goes on from `target` to what its reply's Location says (NULL: nothing).
 * False with err, H6, where the CA stops; it names the place. */
bool redirect_follow(struct redirect_target *target, long status,
	const char *location, struct error *err);
