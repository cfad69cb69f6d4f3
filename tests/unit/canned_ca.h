/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A canned server that is a CA as far as directory and nonces go: every POST
 * is answered with {}.
 */

#include "canned_server.h"

/* What the CA does and has seen, in the memory that it shares with us. */
struct canned_ca {
	unsigned directories;
	unsigned heads;
	unsigned posts;
	unsigned issued; /* nonces */
	unsigned reused; /* nonces that came a second time */
	unsigned reject; /* so many POSTs get badNonce */
	int head_status;
	bool head_repeats; /* the same nonce again and again */
	bool keeps_nonces; /* no nonce in a reply to a POST */
	bool is_html; /* the directory */
	char date[64]; /* that comes with it, or "" */
	unsigned owed; /* the nonce of the last badNonce */
	unsigned disobeyed; /* another one was used after it */
	int post_status;
	bool was_used[4096];
	char body[1024]; /* of the last POST */
	char headers[3][512]; /* of the last GET, HEAD and POST */
};

/* It lies in the memory of a server that was started. */
struct canned_ca *canned_ca_of(const struct canned_server *server);

/* The answer of such a server, which is its `data` too. */
bool canned_ca_answer(struct canned_peer *peer,
	const struct canned_request *request, void *data);
