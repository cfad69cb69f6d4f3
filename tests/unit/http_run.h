/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * http.h with a canned server to talk to, and what the last callback saw.
 */

#include "canned_server.h"
#include "http.h"

struct http_run {
	struct canned_server server; /* set how it answers before the start */
	struct ev_loop *loop;
	struct dns *dns;
	struct http *http;

	unsigned replies;
	unsigned failures;
	long status;
	char body[4096];
	size_t length;
	char retry_after[64];
	struct error err;
};

void http_run_start(struct http_run *run,
	bool (*answer)(
		struct canned_peer *, const struct canned_request *, void *));
/* Without a server. */
void http_run_start_client(struct http_run *run);
/* Ends it all, and forgets how the server was to answer. */
void http_run_stop(struct http_run *run);

/* A callback that notes what it sees in the run that was started last, and
 * ends the loop when it has counted `left` (or NULL) down to 0. */
void http_run_on_reply(
	void *left, const struct http_reply *reply, const struct error *err);

/* Begins a request with that callback. */
struct http_transfer *http_run_send(struct http_run *run, const char *url,
	enum http_method method, unsigned *left);
/* Asks the server and waits for its reply. */
void http_run_ask(
	struct http_run *run, enum http_method method, const char *path);

/* An answer: the request itself, or a header for HEAD. */
bool http_run_echo(struct canned_peer *peer,
	const struct canned_request *request, void *data);
