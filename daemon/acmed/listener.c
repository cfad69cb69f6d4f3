/* SPDX-License-Identifier: MIT */
#include "listener.h"

#include <errno.h>
#include <unistd.h>

#define PAUSE_WITHOUT_DESCRIPTORS 1. /* seconds */

static void on_pause_end(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct listener *listener = timer->data;

	(void)events;
	ev_timer_stop(loop, timer);
	ev_io_start(loop, &listener->io);
}

void listener_start(struct listener *listener, struct ev_loop *loop, int fd,
	void (*on_ready)(struct ev_loop *loop, ev_io *io, int events),
	void *data)
{
	listener->loop = loop;
	ev_io_init(&listener->io, on_ready, fd, EV_READ);
	ev_timer_init(&listener->pause, on_pause_end, 0., 0.);
	listener->io.data = data;
	listener->pause.data = listener;
	ev_io_start(loop, &listener->io);
}

void listener_stop(struct listener *listener)
{
	ev_io_stop(listener->loop, &listener->io);
	ev_timer_stop(listener->loop, &listener->pause);
	close(listener->io.fd);
}

void listener_pause(struct listener *listener, double seconds)
{
	ev_io_stop(listener->loop, &listener->io);
	listener->pause.repeat = seconds;
	ev_timer_again(listener->loop, &listener->pause);
}

bool listener_is_pausing(const struct listener *listener)
{
	return ev_is_active(&listener->pause);
}

/* Unless there is nobody, or nobody any more: accept(2) has the errors of a
 * connection that is over, too. */
static bool is_lasting(int number)
{
	switch (number) {
	case EAGAIN:
	case EINTR:
	case ECONNABORTED:
	case EHOSTDOWN:
	case EHOSTUNREACH:
	case ENETDOWN:
	case ENETUNREACH:
	case ENONET:
	case ENOPROTOOPT:
	case EOPNOTSUPP:
	case EPERM:
	case EPROTO:
		return false;
	default:
		return true;
	}
}

int listener_accept(
	struct listener *listener, struct sockaddr *address, socklen_t *length)
{
	int fd = accept4(
		listener->io.fd, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0 && is_lasting(errno))
		listener_pause(listener, PAUSE_WITHOUT_DESCRIPTORS);
	return fd;
}
