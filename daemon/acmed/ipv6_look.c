/* SPDX-License-Identifier: MIT */
#include "ipv6_look.h"

#include "dial.h"
#include "mem.h"

#include <curl/curl.h>
#include <errno.h>
#include <unistd.h>

#define DEADLINE 5. /* seconds */

struct ipv6_look {
	struct ipv6_look_wish wish;
	uint16_t port;
	struct dns_query *query; /* or NULL */
	struct dns_address address; /* the first that is there */
	int fd; /* under way, or -1 */
	ev_io io;
	ev_timer timer; /* the deadline, or without one the end */
};

void ipv6_look_cancel(struct ipv6_look *look)
{
	if (!look)
		return;
	if (look->query)
		dns_cancel(look->query);
	ev_io_stop(look->wish.loop, &look->io);
	ev_timer_stop(look->wish.loop, &look->timer);
	if (look->fd >= 0)
		close(look->fd);
	free(look);
}

static void end(
	struct ipv6_look *look, enum ipv6_state state, const struct error *err)
{
	struct ipv6_look_wish wish = look->wish;

	ipv6_look_cancel(look);
	wish.on_end(wish.data, state, err);
}

static void judge(struct ipv6_look *look, int number)
{
	struct error err;

	if (number == 0) {
		end(look, IPV6_WORKS, NULL);
		return;
	}
	fail_cause(&err, ERROR_TRANSIENT, "N6",
		"the CA cannot be reached at its IPv6 address %s: %s; IPv4 is "
		"used",
		look->address.text, strerror(number));
	end(look, IPV6_BROKEN, &err);
}

static void on_connected(struct ev_loop *loop, ev_io *io, int events)
{
	struct ipv6_look *look = io->data;
	int number = 0;
	socklen_t length = sizeof(number);

	(void)loop;
	(void)events;
	getsockopt(look->fd, SOL_SOCKET, SO_ERROR, &number, &length);
	judge(look, number);
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct ipv6_look *look = timer->data;

	(void)loop;
	(void)events;
	if (*look->address.text)
		judge(look, ETIMEDOUT);
	else
		end(look, IPV6_NONE, NULL);
}

/* The kernel knows no way at all: a machine without IPv6 has nothing that
 * could be broken. What comes back later is said by a router. */
static void give_up(struct ipv6_look *look, int number)
{
	if (number == ENETUNREACH || number == EADDRNOTAVAIL ||
		number == EAFNOSUPPORT || number == EACCES || number == EPERM)
		end(look, IPV6_NONE, NULL);
	else
		judge(look, number);
}

static void connect_to(struct ipv6_look *look)
{
	look->fd = dial(&look->address, look->port, NULL);
	if (look->fd < 0) {
		give_up(look, errno);
		return;
	}
	ev_io_init(&look->io, on_connected, look->fd, EV_WRITE);
	look->io.data = look;
	ev_io_start(look->wish.loop, &look->io);
	ev_timer_set(&look->timer, DEADLINE, 0.);
	ev_timer_start(look->wish.loop, &look->timer);
}

static void on_addresses(void *data, const struct dns_address *addresses,
	size_t count, const struct error *err)
{
	struct ipv6_look *look = data;

	(void)err;
	look->query = NULL;
	for (size_t i = 0; i < count && !*look->address.text; i++)
		if (addresses[i].family == AF_INET6)
			look->address = addresses[i];
	if (*look->address.text)
		connect_to(look);
	else
		end(look, IPV6_NONE, NULL);
}

/* The host of a URL, to be freed with curl_free(); NULL for a literal, or for
 * what is no URL. */
static char *host_of(const char *url, uint16_t *port)
{
	CURLU *parts = curl_url();
	char *host = NULL, *text = NULL;

	if (parts && curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
		curl_url_get(parts, CURLUPART_PORT, &text,
			CURLU_DEFAULT_PORT) == CURLUE_OK)
		curl_url_get(parts, CURLUPART_HOST, &host, 0);
	*port = text ? (uint16_t)atoi(text) : 0;
	curl_free(text);
	curl_url_cleanup(parts);
	return host;
}

struct ipv6_look *ipv6_look_start(const struct ipv6_look_wish *wish)
{
	struct ipv6_look *look = mem_new(sizeof(*look));
	char *host = host_of(wish->url, &look->port);

	look->wish = *wish;
	look->wish.url = NULL;
	look->fd = -1;
	ev_init(&look->io, on_connected);
	ev_timer_init(&look->timer, on_timer, 0., 0.);
	look->timer.data = look;
	if (host && *host != '[')
		look->query = dns_resolve(wish->dns, host, on_addresses, look);
	else
		ev_timer_start(wish->loop, &look->timer);
	curl_free(host);
	return look;
}
