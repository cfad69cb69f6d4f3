/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * From a reply of HTTP to one of ACME: media type, Location, Retry-After and
 * the links, checked and in their plain form.
 */

#include "http.h"
#include "request.h"

struct acme_reply {
	struct reply reply; /* its strings are those below, or the source's */
	char *content_type; /* owned */
	char *terms; /* owned */
	char *help; /* owned */
	char *alternates[REPLY_ALTERNATES]; /* owned */
};

/* The source must outlive it. `now` is for a date without a Date header. */
void acme_reply_read(
	struct acme_reply *out, const struct http_reply *source, int64_t now);
void acme_reply_clear(struct acme_reply *reply);
