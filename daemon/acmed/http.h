/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * HTTPS requests to CAs: curl multi on libev, HTTP/2, few connections that
 * are kept, everything capped. It knows nothing of ACME.
 *
 * Addresses come from `dns`. Stages have deadlines of their own (name 10 s,
 * TCP 10 s, TLS 10 s, first byte 30 s, all 90 s, under 100 B/s for 20 s) and
 * the error names the stage. No redirect is followed. Callbacks come from
 * the loop, never from inside a call of this header.
 */

#include "dns.h"
#include "error.h"

#include <ev.h>

#define HTTP_BODY_MAX (1024 * 1024)
#define HTTP_HEADERS_MAX (64 * 1024)

enum http_method {
	HTTP_GET,
	HTTP_HEAD,
	HTTP_POST,
};

/* Borrowed for the call only: everything is copied. */
struct http_request {
	enum http_method method;
	const char *url; /* https only */
	const char *body; /* POST */
	const char *content_type; /* POST */
	const char *accept; /* or NULL */
	const char *authorization; /* the header's value, or NULL */
	const char *trust_file; /* PEM bundle, NULL: the system's */
	const char *proxy; /* or NULL; the environment is ignored */
	const char *source_address; /* or NULL */
};

struct http_header {
	const char *name; /* lower case */
	const char *value;
};

/* Borrowed by the callback. */
struct http_reply {
	long status;
	const struct http_header *headers;
	size_t header_count;
	const char *body; /* NUL-terminated */
	size_t length;
};

/* The first header of that (lower-case) name, or NULL. */
const char *http_reply_header(const struct http_reply *reply, const char *name);

struct http;
struct http_transfer;

struct http_counts {
	unsigned long requests;
	unsigned long connections;
};

struct http *http_new(struct ev_loop *loop, struct dns *dns, struct error *err);
/* Transfers under way are dropped without a callback. */
void http_free(struct http *http);

/* Starts a request. Exactly one callback with either reply or err: TRANSIENT
 * with N1, N2, N3, N4, N5, N7, C1 or M6; LOCAL for a trust file or a source
 * address that cannot be used; REFUSED for a URL that is not https. The
 * transfer is gone after it. Never NULL.
 *
 * A request that finds its kept connection closed before any byte of a reply
 * is sent again by curl on a new one, a POST too. */
struct http_transfer *http_send(struct http *http,
	const struct http_request *request,
	void (*on_reply)(void *data, const struct http_reply *reply,
		const struct error *err),
	void *data);
void http_cancel(struct http_transfer *transfer);

struct http_counts http_count(const struct http *http);

/* Seconds. */
struct http_deadlines {
	double tcp;
	double tls;
	double reply; /* its first byte */
	double stall; /* under 100 B/s for so long */
	double all;
};

/* Others than those above, for tests. */
void http_set_deadlines(
	struct http *http, const struct http_deadlines *deadlines);
