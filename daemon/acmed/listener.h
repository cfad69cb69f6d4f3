/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A socket that listens. It stays readable while somebody waits who cannot be
 * let in: then it is looked away from for a while, lest the loop does nothing
 * else.
 */

#include <ev.h>
#include <stdbool.h>
#include <sys/socket.h>

/* A member of what it takes people in for. */
struct listener {
	struct ev_loop *loop; /* borrowed */
	ev_io io; /* its fd is owned */
	ev_timer pause;
};

/* From now on the loop calls `on_ready`, with io->data as given, while
 * somebody waits. */
void listener_start(struct listener *listener, struct ev_loop *loop, int fd,
	void (*on_ready)(struct ev_loop *loop, ev_io *io, int events),
	void *data);
/* Closes the socket. */
void listener_stop(struct listener *listener);

/* Lets the next one in: a descriptor that does not block and is not inherited,
 * with its address unless that is NULL; -1: there is nobody more, or what keeps
 * them out (no descriptors) lasts, and the listener pauses for a second. */
int listener_accept(
	struct listener *listener, struct sockaddr *address, socklen_t *length);

void listener_pause(struct listener *listener, double seconds);
bool listener_is_pausing(const struct listener *listener);
