/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Takes in strangers on sockets that listen, for a host who talks to them.
 *
 * It never blocks, and everything is capped: RECEPTION_GUESTS at a time,
 * RECEPTION_PER_ADDRESS of one address (or network of 64 bits), a deadline
 * for each. Who was served, or is RECEPTION_GRACE old, goes for a new one; a
 * crowd that is younger (a CA that validates a hundred names) waits outside.
 * Sooner goes who has said nothing, for clients speak at once, and who comes
 * from an address that has its share.
 * Who comes over the loopback or a Unix socket stands behind a proxy of this
 * machine, and is not counted by address.
 */

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECEPTION_GUESTS 256
#define RECEPTION_PER_ADDRESS 128
#define RECEPTION_DEADLINE 10.0 /* seconds */
#define RECEPTION_GRACE 1.0
#define RECEPTION_GRACE_SHORT 0.1

struct reception;
struct reception_listener;

/* A connection: the first member of what the host keeps of it. */
struct guest {
	struct guest *next; /* a younger one */
	struct reception *reception;
	uint64_t origin; /* whom it counts for; 0: nobody */
	bool lingers;
	bool has_spoken;
	bool is_one_of_many; /* of its address, which has its share */
	bool is_served; /* the host's word: it may go for a new one */
	double since;
	ev_io io;
	ev_timer deadline;
};

/* Who talks. The calls come from the loop; they may close this guest, and
 * listeners, but not free the reception. */
struct reception_host {
	size_t size; /* of what is kept of a guest, zeroed at first */
	void (*on_open)(struct guest *guest, void *data); /* or NULL */
	/* The socket is ready for what guest_await() asked, at first EV_READ. */
	void (*on_ready)(struct guest *guest);
	void (*on_close)(
		struct guest *guest); /* or NULL; frees nothing of it */
	void *data; /* of on_open */
	double deadline; /* seconds; 0: RECEPTION_DEADLINE */
};

/* Never NULL. */
struct reception *reception_new(
	struct ev_loop *loop, const struct reception_host *host);
/* Closes everything, the listeners too. */
void reception_free(struct reception *reception);

/* Takes in from a socket that listens; owns it from now on. Never NULL. */
struct reception_listener *reception_listen(
	struct reception *reception, int fd);
/* Closes the socket; guests who came by it end on their own. */
void reception_unlisten(struct reception_listener *listener);

/* How many had to go for others before they were served, so far. */
unsigned reception_losses(const struct reception *reception);

/* EV_READ or EV_WRITE is what it waits for now. */
void guest_await(struct guest *guest, int events);
/* The deadline starts anew. */
void guest_extend(struct guest *guest);
/* All is said: what still comes is thrown away, until it hangs up or the
 * deadline comes. */
void guest_linger(struct guest *guest);
void guest_close(struct guest *guest);
