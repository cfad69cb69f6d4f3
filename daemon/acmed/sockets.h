/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Descriptors that belong to a library (curl, c-ares) and are watched for it
 * on the loop. The library says what it wants to hear of each; descriptors
 * that were never seen may be forgotten.
 */

#include <ev.h>
#include <sys/queue.h>

struct sockets_entry;

struct sockets {
	struct ev_loop *loop; /* borrowed */
	/* events: EV_READ, EV_WRITE or both */
	void (*on_event)(void *data, int socket, int events);
	void *data; /* borrowed */
	LIST_HEAD(, sockets_entry) entries;
};

/* Watches for these events from now on; 0 forgets the descriptor. */
void sockets_watch(struct sockets *sockets, int socket, int events);
/* Forgets all. */
void sockets_clear(struct sockets *sockets);
