/* SPDX-License-Identifier: MIT */
#include "dns_talk.h"

#include "dns_message.h"
#include "mem.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define AGAIN 2. /* seconds */
#define PREFIX 2 /* of a message over TCP: its length */

struct dns_talk {
	struct dns_talk_wish wish; /* its message is that below */
	char peer[64]; /* for messages */
	int socket; /* owned, -1: none */
	unsigned char *message; /* owned, with its prefix */
	size_t sent; /* bytes of it, over TCP */
	unsigned char *reply; /* owned, with its prefix over TCP */
	size_t got;
	struct error err; /* kind NONE: nothing to deliver */
	ev_io io;
	ev_timer deadline; /* delivers err too */
	ev_timer again;
};

void dns_talk_cancel(struct dns_talk *talk)
{
	ev_io_stop(talk->wish.loop, &talk->io);
	ev_timer_stop(talk->wish.loop, &talk->deadline);
	ev_timer_stop(talk->wish.loop, &talk->again);
	if (talk->socket >= 0)
		close(talk->socket);
	free(talk->message);
	free(talk->reply);
	free(talk);
}

static void end_with(struct dns_talk *talk, const struct error *failed)
{
	struct dns_talk_wish wish = talk->wish;
	struct error err = *failed;

	dns_talk_cancel(talk);
	wish.on_end(wish.data, NULL, 0, &err);
}

static void succeed(
	struct dns_talk *talk, const unsigned char *reply, size_t length)
{
	struct dns_talk_wish wish = talk->wish;
	unsigned char *kept = take(talk->reply);

	dns_talk_cancel(talk);
	wish.on_end(wish.data, reply, length, NULL);
	free(kept);
}

/* No way from here (no IPv6, say) is another thing than no answer. */
static bool is_local(int number)
{
	return number == ENETUNREACH || number == EADDRNOTAVAIL ||
		number == EAFNOSUPPORT || number == EPERM || number == EACCES;
}

static bool fail_talk(
	const struct dns_talk *talk, int number, struct error *err)
{
	return fail_cause(err, is_local(number) ? ERROR_LOCAL : ERROR_TRANSIENT,
		"D6", "cannot reach the name server %s over %s: %s", talk->peer,
		talk->wish.is_stream ? "TCP" : "UDP", strerror(number));
}

static bool is_later(int number)
{
	return number == EAGAIN || number == EINTR || number == EINPROGRESS;
}

/* UDP. */

static void send_datagram(struct dns_talk *talk)
{
	struct error err;

	if (send(talk->socket, talk->message + PREFIX, talk->wish.length,
		    MSG_NOSIGNAL) >= 0 ||
		is_later(errno))
		return;
	fail_talk(talk, errno, &err);
	talk->err = err;
	ev_timer_stop(talk->wish.loop, &talk->deadline);
	ev_timer_set(&talk->deadline, 0., 0.);
	ev_timer_start(talk->wish.loop, &talk->deadline);
}

static void read_datagram(struct dns_talk *talk)
{
	ssize_t got = recv(talk->socket, talk->reply, DNS_MESSAGE_MAX, 0);
	struct error err;

	if (got < 0 && is_later(errno))
		return;
	if (got < 0) {
		fail_talk(talk, errno, &err);
		end_with(talk, &err);
		return;
	}
	if (got >= DNS_HEADER_SIZE &&
		memcmp(talk->reply, talk->message + PREFIX, 2) == 0)
		succeed(talk, talk->reply, (size_t)got);
}

/* TCP: the length stands before each message (RFC 1035 section 4.2.2). */

static void watch(struct dns_talk *talk, int events)
{
	ev_io_stop(talk->wish.loop, &talk->io);
	ev_io_set(&talk->io, talk->socket, events);
	ev_io_start(talk->wish.loop, &talk->io);
}

static void write_stream(struct dns_talk *talk)
{
	size_t length = talk->wish.length + PREFIX;
	ssize_t sent = send(talk->socket, talk->message + talk->sent,
		length - talk->sent, MSG_NOSIGNAL);
	struct error err;

	if (sent < 0 && is_later(errno))
		return;
	if (sent < 0) {
		fail_talk(talk, errno, &err);
		end_with(talk, &err);
		return;
	}
	talk->sent += (size_t)sent;
	if (talk->sent == length)
		watch(talk, EV_READ);
}

static size_t stream_length(const struct dns_talk *talk)
{
	if (talk->got < PREFIX)
		return PREFIX;
	return PREFIX + ((size_t)talk->reply[0] << 8 | talk->reply[1]);
}

static void read_stream(struct dns_talk *talk)
{
	size_t wanted = stream_length(talk);
	ssize_t got = recv(
		talk->socket, talk->reply + talk->got, wanted - talk->got, 0);
	struct error err;

	if (got < 0 && is_later(errno))
		return;
	if (got <= 0) {
		fail_talk(talk, got < 0 ? errno : ECONNRESET, &err);
		end_with(talk, &err);
		return;
	}
	talk->got += (size_t)got;
	if (talk->got > PREFIX && talk->got == stream_length(talk))
		succeed(talk, talk->reply + PREFIX, talk->got - PREFIX);
}

static void on_io(struct ev_loop *loop, ev_io *io, int events)
{
	struct dns_talk *talk = io->data;

	(void)loop;
	if (!talk->wish.is_stream)
		read_datagram(talk);
	else if (events & EV_WRITE)
		write_stream(talk);
	else
		read_stream(talk);
}

static void on_deadline(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct dns_talk *talk = timer->data;

	(void)loop;
	(void)events;
	if (talk->err.kind == ERROR_NONE)
		fail_cause(&talk->err, ERROR_TRANSIENT, "D6",
			"the name server %s did not answer over %s within %g s",
			talk->peer, talk->wish.is_stream ? "TCP" : "UDP",
			talk->wish.deadline);
	end_with(talk, &talk->err);
}

static void on_again(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	send_datagram(timer->data);
}

/* The start. */

static socklen_t fill_address(const struct dns_talk_wish *wish,
	struct sockaddr_storage *out, struct error *err)
{
	struct sockaddr_in *in = (struct sockaddr_in *)out;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;
	const char *text = wish->address->text;
	bool is_six = wish->address->family == AF_INET6;

	*out = (struct sockaddr_storage){
		.ss_family = (sa_family_t)wish->address->family};
	if (is_six)
		in6->sin6_port = htons(wish->port);
	else
		in->sin_port = htons(wish->port);
	void *bytes = is_six ? (void *)&in6->sin6_addr : (void *)&in->sin_addr;
	if (inet_pton(wish->address->family, text, bytes) != 1) {
		fail_cause(err, ERROR_LOCAL, "D6", "'%s' is no address", text);
		return 0;
	}
	return is_six ? sizeof(*in6) : sizeof(*in);
}

static bool open_socket(struct dns_talk *talk, struct error *err)
{
	const struct dns_talk_wish *wish = &talk->wish;
	struct sockaddr_storage address;
	socklen_t length = fill_address(wish, &address, err);
	int type = wish->is_stream ? SOCK_STREAM : SOCK_DGRAM;

	if (!length)
		return false;
	talk->socket = socket(
		wish->address->family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (talk->socket < 0)
		return fail_talk(talk, errno, err);
	return connect(talk->socket, (void *)&address, length) == 0 ||
		is_later(errno) || fail_talk(talk, errno, err);
}

static void start(struct dns_talk *talk)
{
	struct ev_loop *loop = talk->wish.loop;

	if (!open_socket(talk, &talk->err)) {
		ev_timer_set(&talk->deadline, 0., 0.);
		ev_timer_start(loop, &talk->deadline);
		return;
	}
	ev_timer_start(loop, &talk->deadline);
	if (talk->wish.is_stream) {
		watch(talk, EV_WRITE);
		return;
	}
	watch(talk, EV_READ);
	ev_timer_start(loop, &talk->again);
	send_datagram(talk);
}

static void copy_message(struct dns_talk *talk)
{
	const struct dns_talk_wish *wish = &talk->wish;

	talk->message = mem_new(PREFIX + wish->length);
	talk->message[0] = (unsigned char)(wish->length >> 8);
	talk->message[1] = (unsigned char)wish->length;
	memcpy(talk->message + PREFIX, wish->message, wish->length);
	talk->reply = mem_new(PREFIX + DNS_MESSAGE_MAX);
	talk->wish.message = NULL;
}

struct dns_talk *dns_talk_start(const struct dns_talk_wish *wish)
{
	struct dns_talk *talk = mem_new(sizeof(*talk));

	talk->wish = *wish;
	talk->socket = -1;
	snprintf(talk->peer, sizeof(talk->peer), "%s port %u",
		wish->address->text, wish->port);
	copy_message(talk);
	ev_init(&talk->io, on_io);
	/* What came in time counts, also when both are seen at once. */
	ev_set_priority(&talk->io, 1);
	ev_timer_init(&talk->deadline, on_deadline, wish->deadline, 0.);
	ev_timer_init(&talk->again, on_again, AGAIN, AGAIN);
	talk->io.data = talk->deadline.data = talk->again.data = talk;
	start(talk);
	talk->wish.address = NULL;
	return talk;
}
