/* SPDX-License-Identifier: MIT */
#include "dns.h"

#include "dns_channel.h"
#include "dns_found.h"
#include "mem.h"
#include "text.h"

#include <stdio.h>
#include <string.h>
#include <sys/queue.h>

#define RESOLV_CONF "/etc/resolv.conf"
#define DEADLINE 10.0
/* How long the answer for one family waits for the other (RFC 8305 section 3
 * has the idea): some name servers never answer for AAAA. */
#define PATIENCE 0.3

/* One half of a query. */
struct lookup {
	struct dns_query *query; /* borrowed */
	size_t family; /* of DNS_FAMILY */
};

struct dns_query {
	TAILQ_ENTRY(dns_query) entry;
	struct dns *dns; /* borrowed */
	char *name; /* owned */
	struct lookup lookups[DNS_FAMILIES];
	struct dns_found found;
	bool is_starting; /* what is answered now comes too early */
	bool is_over; /* stays only until c-ares has called back */
	ev_timer timer; /* deadline, then delivery */
	void (*on_answer)(void *data, const struct dns_address *addresses,
		size_t count, const struct error *err);
	void *data; /* borrowed */
};

struct dns {
	struct ev_loop *loop; /* borrowed */
	char *resolv_conf; /* owned */
	struct dns_channel *channel; /* owned */
	double deadline; /* seconds */
	struct dns_server server; /* instead of those of resolv.conf, unless
				   * its family is 0 */
	TAILQ_HEAD(, dns_query) queries;
};

/* Frees the query when nobody knows of it any more. */
static void release(struct dns_query *query)
{
	if (!query->is_over || dns_found_is_pending(&query->found) ||
		query->is_starting)
		return;
	TAILQ_REMOVE(&query->dns->queries, query, entry);
	free(query->name);
	free(query);
}

static void finish(struct dns_query *query)
{
	ev_timer_stop(query->dns->loop, &query->timer);
	query->is_over = true;
	release(query);
}

static void set_timer(struct dns_query *query, double seconds)
{
	ev_timer_stop(query->dns->loop, &query->timer);
	ev_timer_set(&query->timer, seconds, 0.);
	ev_timer_start(query->dns->loop, &query->timer);
}

/* One family may wait a moment for the other. */
static void look_at_found(struct dns_query *query)
{
	if (!dns_found_is_pending(&query->found))
		set_timer(query, 0.);
	else if (dns_found_has_address(&query->found))
		set_timer(query, PATIENCE);
}

/* From inside c-ares: only remembers, and sets the timer. */
static void on_lookup(
	void *data, int status, int timeouts, struct ares_addrinfo *result)
{
	struct lookup *lookup = data;
	struct dns_query *query = lookup->query;

	(void)timeouts;
	dns_found_add(&query->found, lookup->family, status, result);
	if (result)
		ares_freeaddrinfo(result);
	if (query->is_over) {
		release(query);
		return;
	}
	if (status == ARES_EDESTRUCTION || query->is_starting)
		return;
	look_at_found(query);
}

static void start(struct dns_query *query)
{
	query->is_starting = true;
	query->found = (struct dns_found){0};
	for (size_t i = 0; i < DNS_FAMILIES; i++) {
		query->lookups[i] =
			(struct lookup){.query = query, .family = i};
		query->found.families[i].is_pending = true;
		dns_channel_ask(query->dns->channel, query->name, DNS_FAMILY[i],
			on_lookup, &query->lookups[i]);
	}
	query->is_starting = false;
	look_at_found(query);
}

/* Queries that the old channel dropped go on with the new one. */
static void restart_dropped(struct dns *dns)
{
	struct dns_query *next;

	for (struct dns_query *query = TAILQ_FIRST(&dns->queries); query;
		query = next) {
		next = TAILQ_NEXT(query, entry);
		const struct dns_found *found = &query->found;
		bool dropped = found->families[0].status == ARES_EDESTRUCTION ||
			found->families[1].status == ARES_EDESTRUCTION;
		if (dropped && !query->is_over)
			start(query);
	}
}

static void refresh(struct dns *dns)
{
	if (dns_channel_refresh(dns->channel))
		restart_dropped(dns);
}

/* Why there is no address. */
static void explain(const struct dns_query *query, struct error *err)
{
	int unreadable = dns_channel_unreadable(query->dns->channel);

	if (unreadable != 0)
		fail_cause(err, ERROR_TRANSIENT, "N3",
			"cannot resolve '%s': cannot read '%s': %s",
			query->name, query->dns->resolv_conf,
			strerror(unreadable));
	else
		dns_found_explain(
			&query->found, query->name, query->dns->deadline, err);
}

/* The answer, or the deadline. The callback comes last. */
static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct dns_query *query = timer->data;
	struct dns_address addresses[DNS_ADDRESSES];
	size_t count = dns_found_collect(&query->found, addresses);
	struct error err;
	void *data = query->data;
	void (*on_answer)(void *, const struct dns_address *, size_t,
		const struct error *) = query->on_answer;

	(void)loop;
	(void)events;
	if (count == 0)
		explain(query, &err);
	finish(query);
	if (count > 0)
		on_answer(data, addresses, count, NULL);
	else
		on_answer(data, NULL, 0, &err);
}

struct dns *dns_new(struct ev_loop *loop)
{
	struct dns *dns = mem_new(sizeof(*dns));

	dns->loop = loop;
	dns->deadline = DEADLINE;
	TAILQ_INIT(&dns->queries);
	dns_set_resolv_conf(dns, RESOLV_CONF, 0);
	return dns;
}

void dns_free(struct dns *dns)
{
	struct dns_query *next;

	if (!dns)
		return;
	for (struct dns_query *query = TAILQ_FIRST(&dns->queries); query;
		query = next) {
		next = TAILQ_NEXT(query, entry);
		finish(query);
	}
	dns_channel_free(dns->channel);
	free(dns->resolv_conf);
	free(dns);
}

void dns_set_resolv_conf(struct dns *dns, const char *path, uint16_t port)
{
	dns_channel_free(dns->channel);
	free(dns->resolv_conf);
	dns->resolv_conf = mem_string(path);
	dns->channel = dns_channel_new(dns->loop, path, port);
}

void dns_set_deadline(struct dns *dns, double seconds)
{
	dns->deadline = seconds;
}

struct dns_query *dns_resolve(struct dns *dns, const char *name,
	void (*on_answer)(void *data, const struct dns_address *addresses,
		size_t count, const struct error *err),
	void *data)
{
	struct dns_query *query = mem_new(sizeof(*query));

	query->dns = dns;
	query->name = mem_string(name);
	query->on_answer = on_answer;
	query->data = data;
	ev_timer_init(&query->timer, on_timer, 0., 0.);
	query->timer.data = query;
	TAILQ_INSERT_TAIL(&dns->queries, query, entry);
	if (dns_found_literal(&query->found, query->name)) {
		set_timer(query, 0.);
		return query;
	}
	set_timer(query, dns->deadline);
	refresh(dns);
	start(query);
	return query;
}

void dns_cancel(struct dns_query *query)
{
	finish(query);
}

void dns_set_server(struct dns *dns, const char *address, uint16_t port)
{
	struct dns_address *place = &dns->server.address;

	dns->server = (struct dns_server){.port = port ? port : DNS_PORT};
	if (!address)
		return;
	place->family = strchr(address, ':') ? AF_INET6 : AF_INET;
	snprintf(place->text, sizeof(place->text), "%s", address);
}

size_t dns_servers(struct dns *dns, struct dns_server servers[DNS_SERVERS],
	struct error *err)
{
	if (dns->server.address.family) {
		servers[0] = dns->server;
		return 1;
	}
	refresh(dns);
	int unreadable = dns_channel_unreadable(dns->channel);
	size_t count =
		unreadable ? 0 : dns_channel_servers(dns->channel, servers);
	if (count == 0)
		fail_cause(err, ERROR_TRANSIENT, "N3",
			"there is no name server to ask: '%s': %s",
			dns->resolv_conf,
			unreadable ? strerror(unreadable) : "names none");
	return count;
}
