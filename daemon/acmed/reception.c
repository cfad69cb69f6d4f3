/* SPDX-License-Identifier: MIT */
#include "reception.h"

#include "listener.h"
#include "mem.h"
#include "origin.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPTS_A_TURN 16
#define PAUSE_WITHOUT_ROOM 0.05 /* seconds */
#define DISCARD_SIZE 4096

struct reception_listener {
	struct reception_listener *next;
	struct reception *reception;
	struct listener socket;
};

struct reception {
	struct ev_loop *loop;
	struct reception_host host;
	struct reception_listener *listeners;
	struct guest *oldest;
	unsigned guests;
	unsigned losses;
};

/* One guest. */

void guest_close(struct guest *guest)
{
	struct reception *reception = guest->reception;
	struct guest **link = &reception->oldest;

	while (*link != guest)
		link = &(*link)->next;
	*link = guest->next;
	reception->guests--;
	if (reception->host.on_close)
		reception->host.on_close(guest);
	ev_io_stop(reception->loop, &guest->io);
	ev_timer_stop(reception->loop, &guest->deadline);
	close(guest->io.fd);
	free(guest);
}

void guest_await(struct guest *guest, int events)
{
	struct ev_loop *loop = guest->reception->loop;

	if (guest->io.events & events)
		return;
	ev_io_stop(loop, &guest->io);
	ev_io_set(&guest->io, guest->io.fd, events);
	ev_io_start(loop, &guest->io);
}

void guest_extend(struct guest *guest)
{
	ev_timer_again(guest->reception->loop, &guest->deadline);
}

/* A close with unread input would reset the connection, and what was said
 * last might be lost with it (RFC 9112 section 9.6). */
void guest_linger(struct guest *guest)
{
	shutdown(guest->io.fd, SHUT_WR);
	guest->lingers = true;
	guest_await(guest, EV_READ);
}

static void discard(struct guest *guest)
{
	char bytes[DISCARD_SIZE];
	ssize_t got = recv(guest->io.fd, bytes, sizeof(bytes), 0);

	if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
		guest_close(guest);
}

static void on_guest(struct ev_loop *loop, ev_io *io, int events)
{
	struct guest *guest = io->data;

	(void)loop;
	(void)events;
	guest->has_spoken = true;
	if (guest->lingers)
		discard(guest);
	else
		guest->reception->host.on_ready(guest);
}

static void on_deadline(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	guest_close(timer->data);
}

static bool is_expendable(const struct guest *guest)
{
	double age = ev_now(guest->reception->loop) - guest->since;
	bool is_short = !guest->has_spoken || guest->is_one_of_many;

	return guest->is_served || guest->lingers ||
		age >= (is_short ? RECEPTION_GRACE_SHORT : RECEPTION_GRACE);
}

/* The oldest one, of this address or (0) of all. */
static struct guest *find_expendable(
	const struct reception *reception, uint64_t origin)
{
	struct guest *guest = reception->oldest;

	while (guest &&
		((origin && guest->origin != origin) || !is_expendable(guest)))
		guest = guest->next;
	return guest;
}

static bool is_full(const struct reception *reception)
{
	return reception->guests == RECEPTION_GUESTS;
}

/* Has an address its share already? Then its guests are marked. */
static bool mark_crowd(struct reception *reception, uint64_t origin)
{
	unsigned count = 0;

	for (const struct guest *g = reception->oldest; g && origin;
		g = g->next)
		count += g->origin == origin;
	if (count < RECEPTION_PER_ADDRESS)
		return false;
	for (struct guest *g = reception->oldest; g; g = g->next)
		g->is_one_of_many |= g->origin == origin;
	return true;
}

/* One of an address that has its share goes, or of all: accept_one() takes
 * nobody in unless somebody can. */
static void make_room(struct reception *reception, uint64_t origin)
{
	struct guest *leaver = NULL;

	if (mark_crowd(reception, origin))
		leaver = find_expendable(reception, origin);
	if (!leaver && is_full(reception))
		leaver = find_expendable(reception, 0);
	if (!leaver)
		return;
	reception->losses += !leaver->is_served && !leaver->lingers;
	guest_close(leaver);
}

static void guest_open(struct reception *reception, int fd, uint64_t origin)
{
	struct guest *guest = mem_new(reception->host.size);
	struct guest **link = &reception->oldest;

	make_room(reception, origin);
	while (*link)
		link = &(*link)->next;
	*link = guest;
	reception->guests++;
	guest->reception = reception;
	guest->origin = origin;
	guest->since = ev_now(reception->loop);
	ev_io_init(&guest->io, on_guest, fd, EV_READ);
	ev_timer_init(
		&guest->deadline, on_deadline, 0., reception->host.deadline);
	ev_set_priority(&guest->io, 1); /* heard before it is judged silent */
	guest->io.data = guest;
	guest->deadline.data = guest;
	ev_io_start(reception->loop, &guest->io);
	guest_extend(guest);
	if (reception->host.on_open)
		reception->host.on_open(guest, reception->host.data);
}

/* Listeners. */

static void give_up_oldest(struct reception *reception)
{
	if (reception->oldest)
		guest_close(reception->oldest);
}

/* False: there is nobody more, or no place for anybody. */
static bool accept_one(struct reception_listener *listener)
{
	struct reception *reception = listener->reception;
	union origin_peer peer = {0};
	socklen_t length = sizeof(peer);

	if (is_full(reception) && !find_expendable(reception, 0)) {
		listener_pause(&listener->socket, PAUSE_WITHOUT_ROOM);
		return false;
	}
	int fd = listener_accept(&listener->socket, &peer.any, &length);
	if (fd >= 0) {
		guest_open(reception, fd, origin_of(&peer));
		return true;
	}
	if (listener_is_pausing(&listener->socket))
		give_up_oldest(reception);
	return false;
}

static void on_listener(struct ev_loop *loop, ev_io *io, int events)
{
	(void)loop;
	(void)events;
	for (int i = 0; i < ACCEPTS_A_TURN; i++)
		if (!accept_one(io->data))
			return;
}

struct reception_listener *reception_listen(struct reception *reception, int fd)
{
	struct reception_listener *listener = mem_new(sizeof(*listener));

	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	listener->reception = reception;
	listener->next = reception->listeners;
	reception->listeners = listener;
	listener_start(
		&listener->socket, reception->loop, fd, on_listener, listener);
	return listener;
}

void reception_unlisten(struct reception_listener *listener)
{
	struct reception *reception = listener->reception;
	struct reception_listener **link = &reception->listeners;

	while (*link != listener)
		link = &(*link)->next;
	*link = listener->next;
	listener_stop(&listener->socket);
	free(listener);
}

unsigned reception_losses(const struct reception *reception)
{
	return reception->losses;
}

struct reception *reception_new(
	struct ev_loop *loop, const struct reception_host *host)
{
	struct reception *reception = mem_new(sizeof(*reception));

	reception->loop = loop;
	reception->host = *host;
	if (reception->host.deadline <= 0)
		reception->host.deadline = RECEPTION_DEADLINE;
	return reception;
}

void reception_free(struct reception *reception)
{
	if (!reception)
		return;
	while (reception->listeners)
		reception_unlisten(reception->listeners);
	while (reception->oldest)
		guest_close(reception->oldest);
	free(reception);
}
