/* SPDX-License-Identifier: MIT */

/*
 * Requests to the CAs, in the place of daemon/acmed/http, and the resolver,
 * in the place of daemon/acmed/dns: it has no name server to ask.
 */

#include "http.h"

#include "authority.h"
#include "mem.h"
#include "world.h"

#define SECONDS_EACH 0.02
#define DEADLINE 90.

struct http {
	struct ev_loop *loop;
};

struct http_transfer {
	struct http *http;
	struct authority_reply reply;
	ev_timer timer;
	void (*on_reply)(void *data, const struct http_reply *reply,
		const struct error *err);
	void *data;
};

static unsigned under_way;

static void leave(struct http_transfer *transfer)
{
	under_way--;
	ev_timer_stop(transfer->http->loop, &transfer->timer);
}

static void free_transfer(struct http_transfer *transfer)
{
	authority_reply_clear(&transfer->reply);
	free(transfer);
}

static void deliver(struct http_transfer *transfer)
{
	struct authority_reply *from = &transfer->reply;
	struct http_reply reply = {
		.status = from->status,
		.headers = from->headers,
		.header_count = from->header_count,
		.body = from->body,
		.length = from->length,
	};
	struct error err;

	if (from->status) {
		transfer->on_reply(transfer->data, &reply, NULL);
		return;
	}
	fail_cause(&err, ERROR_TRANSIENT, from->is_late ? "N5" : "N2",
		from->is_late ? "the CA said nothing for 90 s"
			      : "connection reset by the CA");
	transfer->on_reply(transfer->data, NULL, &err);
}

/* The callback may free all but the transfer, which is no more then. */
static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct http_transfer *transfer = timer->data;

	(void)loop;
	(void)events;
	leave(transfer);
	deliver(transfer);
	free_transfer(transfer);
}

struct http *http_new(struct ev_loop *loop, struct dns *dns, struct error *err)
{
	struct http *http = mem_new(sizeof(*http));

	(void)dns;
	(void)err;
	http->loop = loop;
	return http;
}

void http_free(struct http *http)
{
	hold(!under_way, "%u transfers have no owner any more", under_way);
	free(http);
}

struct http_transfer *http_send(struct http *http,
	const struct http_request *request,
	void (*on_reply)(void *data, const struct http_reply *reply,
		const struct error *err),
	void *data)
{
	struct http_transfer *transfer = mem_new(sizeof(*transfer));

	transfer->http = http;
	transfer->on_reply = on_reply;
	transfer->data = data;
	under_way++;
	authority_answer(request, &transfer->reply);
	ev_timer_init(&transfer->timer, on_timer,
		transfer->reply.is_late ? DEADLINE : SECONDS_EACH, 0.);
	transfer->timer.data = transfer;
	ev_timer_start(http->loop, &transfer->timer);
	return transfer;
}

void http_cancel(struct http_transfer *transfer)
{
	leave(transfer);
	free_transfer(transfer);
}

struct http_counts http_count(const struct http *http)
{
	(void)http;
	return (struct http_counts){0};
}

unsigned authority_busy(void)
{
	return under_way;
}

/* Names. */

struct dns {
	struct ev_loop *loop;
};

struct dns_query {
	struct dns *dns;
	ev_timer timer;
	void (*on_answer)(void *data, const struct dns_address *addresses,
		size_t count, const struct error *err);
	void *data;
};

struct dns *dns_new(struct ev_loop *loop)
{
	struct dns *dns = mem_new(sizeof(*dns));

	dns->loop = loop;
	return dns;
}

void dns_free(struct dns *dns)
{
	free(dns);
}

static void on_no_answer(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct dns_query *query = timer->data;
	struct error err;

	(void)loop;
	(void)events;
	fail_cause(&err, ERROR_TRANSIENT, "N3", "no name server answers");
	query->on_answer(query->data, NULL, 0, &err);
	free(query);
}

struct dns_query *dns_resolve(struct dns *dns, const char *name,
	void (*on_answer)(void *data, const struct dns_address *addresses,
		size_t count, const struct error *err),
	void *data)
{
	struct dns_query *query = mem_new(sizeof(*query));

	(void)name;
	query->dns = dns;
	query->on_answer = on_answer;
	query->data = data;
	ev_timer_init(&query->timer, on_no_answer, SECONDS_EACH, 0.);
	query->timer.data = query;
	ev_timer_start(dns->loop, &query->timer);
	return query;
}

void dns_cancel(struct dns_query *query)
{
	ev_timer_stop(query->dns->loop, &query->timer);
	free(query);
}

void dns_set_server(struct dns *dns, const char *address, uint16_t port)
{
	(void)dns;
	(void)address;
	(void)port;
}

size_t dns_servers(struct dns *dns, struct dns_server servers[DNS_SERVERS],
	struct error *err)
{
	(void)dns;
	(void)servers;
	fail_cause(err, ERROR_TRANSIENT, "N3", "there is no name server");
	return 0;
}
