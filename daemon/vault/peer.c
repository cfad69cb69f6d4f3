/* SPDX-License-Identifier: MIT */
#include "peer.h"

#include "mem.h"
#include "message.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

struct reply_packet {
	struct reply_packet *next;
	char *bytes; /* owned */
	size_t length;
};

struct peer *peer_new(int socket)
{
	struct peer *peer = calloc(1, sizeof(*peer));
	struct ucred who = {.uid = (uid_t)-1};
	socklen_t size = sizeof(who);

	if (!peer) {
		close(socket);
		return NULL;
	}
	getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &who, &size);
	peer->socket = socket;
	peer->pid = who.pid;
	peer->uid = who.uid;
	return peer;
}

static void drop_first(struct peer *peer)
{
	struct reply_packet *packet = peer->replies;

	peer->replies = packet->next;
	free(packet->bytes);
	free(packet);
}

void peer_free(struct peer *peer)
{
	if (!peer)
		return;
	while (peer->replies)
		drop_first(peer);
	close(peer->socket);
	free(peer);
}

/* Takes the bytes over; NULL when there was no memory for them. */
static void queue(struct peer *peer, char *bytes, size_t length)
{
	struct reply_packet **link = &peer->replies;
	struct reply_packet *packet = bytes ? calloc(1, sizeof(*packet)) : NULL;

	if (!packet) {
		free(bytes);
		peer->is_closing = true;
		return;
	}
	packet->bytes = bytes;
	packet->length = length;
	while (*link)
		link = &(*link)->next;
	*link = packet;
}

/* A reply that cannot be sent is replaced by the reason. */
static char *encode(const json_t *request, const json_t *reply, size_t *length)
{
	struct error err = {0};
	char *bytes = message_encode(reply, length, &err);

	if (bytes)
		return bytes;
	cleanup(json) json_t *error = message_error(request, &err);
	return message_encode(error, length, NULL);
}

void peer_reply(struct peer *peer, const json_t *request, json_t *reply)
{
	size_t length = 0;

	/* None without one. */
	json_object_set(reply, "id", json_object_get(request, "id"));
	char *bytes = encode(request, reply, &length);
	json_decref(reply);
	queue(peer, bytes, length);
}

void peer_reply_error(
	struct peer *peer, const json_t *request, const struct error *err)
{
	peer_reply(peer, request, message_error(request, err));
}

bool peer_flush(struct peer *peer)
{
	while (peer->replies) {
		ssize_t sent = send(peer->socket, peer->replies->bytes,
			peer->replies->length, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return errno == EAGAIN || errno == ENOBUFS;
		drop_first(peer);
	}
	return true;
}
