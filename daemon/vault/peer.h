/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One who speaks to the vault: its socket, its rights and the replies that
 * it has not taken yet. While there are any, nothing more is read from it.
 */

#include "error.h"

#include <jansson.h>
#include <sys/types.h>

struct reply_packet;

struct peer {
	struct peer *next;
	int socket;
	pid_t pid; /* of the peer */
	uid_t uid;
	bool is_loop; /* it has said hello */
	bool is_closing; /* ends when its replies are sent */
	struct reply_packet *replies; /* owned, oldest first */
};

/* Takes the socket over. NULL without memory, and then it is closed. */
struct peer *peer_new(int socket);
void peer_free(struct peer *peer);

/* Queues a reply, whose reference it takes, with the id of the request. */
void peer_reply(struct peer *peer, const json_t *request, json_t *reply);
void peer_reply_error(
	struct peer *peer, const json_t *request, const struct error *err);

/* Sends what the peer takes now. False when it has gone. */
bool peer_flush(struct peer *peer);

static inline bool peer_is_waiting(const struct peer *peer)
{
	return peer->replies != NULL;
}
